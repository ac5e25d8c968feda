package usvideo

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"
)

const eventBytesMax = 4 << 20

var errEventTooLong = errors.New("usvideo: an event of more than 4 MiB")

// event is a Server-Sent Event (WHATWG HTML, 9.2).
type event struct{ id, name, data string }

// eventReader reads lines that end at CR, LF or both.
type eventReader struct {
	lines *bufio.Scanner
	// Of the last whole block: what was cut off in the middle comes again.
	lastID string
	// Called for each line, also for those that say only that the server is still there.
	onLine func()
}

func newEventReader(body io.Reader, lastID string, onLine func()) *eventReader {
	lines := bufio.NewScanner(body)
	lines.Buffer(nil, eventBytesMax)
	lines.Split(splitLines)
	return &eventReader{lines: lines, lastID: lastID, onLine: onLine}
}

// next answers io.EOF at the end of the stream; an event that has not ended there is dropped.
func (r *eventReader) next() (event, error) {
	var data []string
	var name string
	id, size := r.lastID, 0
	for r.lines.Scan() {
		r.onLine()
		line := r.lines.Text()
		if line == "" {
			r.lastID = id
			if data == nil {
				name = ""
				continue
			}
			return event{r.lastID, name, strings.Join(data, "\n")}, nil
		}
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		switch field {
		case "data":
			data = append(data, value)
			if size += len(line); size > eventBytesMax {
				return event{}, errEventTooLong
			}
		case "event":
			name = value
		case "id":
			if !strings.Contains(value, "\x00") {
				id = value
			}
		}
	}
	if err := r.lines.Err(); err != nil {
		if errors.Is(err, bufio.ErrTooLong) {
			return event{}, errEventTooLong
		}
		return event{}, err
	}
	return event{}, io.EOF
}

func splitLines(data []byte, atEOF bool) (advance int, line []byte, err error) {
	end := bytes.IndexAny(data, "\r\n")
	switch {
	case end < 0:
		// What the end cuts off is no line.
		if atEOF {
			return len(data), nil, nil
		}
		return 0, nil, nil
	case data[end] == '\n':
		return end + 1, data[:end], nil
	case end+1 < len(data):
		if data[end+1] == '\n' {
			return end + 2, data[:end], nil
		}
		return end + 1, data[:end], nil
	case atEOF:
		return end + 1, data[:end], nil
	}
	// Whether LF follows CR is not known yet.
	return 0, nil, nil
}
