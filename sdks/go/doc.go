// Package usvideo is the Go client of US Video API: prompt in, video out.
//
// A [Client] knows the platform and a key; every call takes a context. What the API answers are structs that leave out of
// account what they do not know; what it refuses is an [APIError] with the code of the rule.
package usvideo

// Version of this package, as it tells the API.
const Version = "0.1.0"
