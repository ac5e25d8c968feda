module github.com/usvideoapi/go-sdk

go 1.23
