package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

var reference = regexp.MustCompile(`\$\{([^}]*)\}`)

// filled puts what was saved in the place of its references.
func filled(value any, saved map[string]any) (any, error) {
	switch value := value.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, each := range value {
			var err error
			if object[name], err = filled(each, saved); err != nil {
				return nil, err
			}
		}
		return object, nil
	case []any:
		array := make([]any, len(value))
		for index, each := range value {
			var err error
			if array[index], err = filled(each, saved); err != nil {
				return nil, err
			}
		}
		return array, nil
	case string:
		return filledText(value, saved)
	}
	return value, nil
}

func filledText(text string, saved map[string]any) (any, error) {
	if found := reference.FindStringSubmatch(text); found != nil && found[0] == text {
		return referred(found[1], saved)
	}
	var failed error
	replaced := reference.ReplaceAllStringFunc(text, func(each string) string {
		value, err := referred(each[2:len(each)-1], saved)
		if err != nil {
			failed = err
		}
		return fmt.Sprint(value)
	})
	return replaced, failed
}

func referred(path string, saved map[string]any) (any, error) {
	var value any = saved
	for _, part := range strings.Split(path, ".") {
		switch inside := value.(type) {
		case map[string]any:
			found, known := inside[part]
			if !known {
				return nil, fmt.Errorf("nothing is saved under %s", path)
			}
			value = found
		case []any:
			index, err := strconv.Atoi(part)
			if err != nil || index >= len(inside) {
				return nil, fmt.Errorf("nothing is saved under %s", path)
			}
			value = inside[index]
		default:
			return nil, fmt.Errorf("nothing is saved under %s", path)
		}
	}
	return value, nil
}

// wire is a value as JSON of the wire has it.
func wire(value any) (any, error) {
	content, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var decoded any
	err = json.Unmarshal(content, &decoded)
	return decoded, err
}

func compare(matcher, value any, place string, saved map[string]any) error {
	whole, err := filled(matcher, saved)
	if err != nil {
		return err
	}
	return difference(whole, value, place)
}

func difference(matcher, value any, place string) error {
	switch matcher := matcher.(type) {
	case map[string]any:
		if len(matcher) == 1 {
			for name, argument := range matcher {
				if strings.HasPrefix(name, "$") {
					return operator(name, argument, value, place)
				}
			}
		}
		object, isObject := value.(map[string]any)
		if !isObject {
			return fmt.Errorf("%s is %.300v, not an object", place, value)
		}
		for name, each := range matcher {
			member, known := object[name]
			if !known {
				return fmt.Errorf("%s has no %s: %.300v", place, name, value)
			}
			if err := difference(each, member, place+"."+name); err != nil {
				return err
			}
		}
		return nil
	case []any:
		array, isArray := value.([]any)
		if !isArray || len(array) != len(matcher) {
			return fmt.Errorf("%s is %.300v, not an array of %d", place, value, len(matcher))
		}
		for index, each := range matcher {
			if err := difference(each, array[index], fmt.Sprintf("%s.%d", place, index)); err != nil {
				return err
			}
		}
		return nil
	}
	if !reflect.DeepEqual(matcher, value) {
		return fmt.Errorf("%s is %.300v, not %v", place, value, matcher)
	}
	return nil
}

func operator(name string, argument, value any, place string) error {
	matches, known := operators()[name]
	if !known {
		return fmt.Errorf("the matcher %s is not known", name)
	}
	if !matches(argument, value) {
		return fmt.Errorf("%s is %.300v, not %s %v", place, value, name, argument)
	}
	return nil
}

func operators() map[string]func(argument, value any) bool {
	matches := func(matcher, value any) bool { return difference(matcher, value, "") == nil }
	number := func(holds func(value, bound float64) bool) func(argument, value any) bool {
		return func(argument, value any) bool {
			given, isNumber := value.(float64)
			return isNumber && holds(given, argument.(float64))
		}
	}
	return map[string]func(argument, value any) bool{
		"$matches": func(regex, value any) bool {
			text, isText := value.(string)
			return isText && regexp.MustCompile(regex.(string)).MatchString(text)
		},
		"$type": func(name, value any) bool { return typeOf(value) == name },
		"$gte":  number(func(value, least float64) bool { return value >= least }),
		"$lte":  number(func(value, most float64) bool { return value <= most }),
		"$length": func(length, value any) bool {
			switch value := value.(type) {
			case []any:
				return matches(length, float64(len(value)))
			case string:
				return matches(length, float64(len([]rune(value))))
			}
			return false
		},
		"$every": func(matcher, value any) bool {
			array, _ := value.([]any)
			return len(array) > 0 && count(array, func(item any) bool { return matches(matcher, item) }) == len(array)
		},
		"$some": func(matcher, value any) bool {
			array, _ := value.([]any)
			return count(array, func(item any) bool { return matches(matcher, item) }) > 0
		},
		"$not": func(matcher, value any) bool { return !matches(matcher, value) },
		"$one_of": func(matchers, value any) bool {
			return count(matchers.([]any), func(matcher any) bool { return matches(matcher, value) }) > 0
		},
	}
}

func count(array []any, holds func(any) bool) int {
	found := 0
	for _, each := range array {
		if holds(each) {
			found++
		}
	}
	return found
}

func typeOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	}
	return "object"
}
