package live

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/fault"
)

// The example frames in testdata/frames are read by the TypeScript tests too: they are what keeps the
// two sides of the line speaking of the same thing.

func golden(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "frames", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// same fails unless message is the golden file, key order and spaces aside.
func same(t *testing.T, name string, message []byte) {
	t.Helper()
	var want, got any
	if err := errors.Join(json.Unmarshal(golden(t, name), &want), json.Unmarshal(message, &got)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(want, got) {
		t.Errorf("%s\nwant %s\ngot  %s", name, golden(t, name), message)
	}
}

func strictly(text []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// A section with a field the view does not have is a screen that shows nothing there.
func TestGoldenFramesAreOurFrames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"frame-vote-progress.json", "frame-item-finished.json"} {
		var frame struct {
			frameHead
			Sections map[string]json.RawMessage `json:"sections"`
		}
		if err := strictly(golden(t, name), &frame); err != nil {
			t.Fatal(name, err)
		}
		sections := words(frame.Sections)
		var view room.View
		if err := strictly(sections, &view); err != nil {
			t.Fatal(name, err)
		}
		// Written by our own hand again, each section is what the file has.
		all := map[string][]byte{}
		for _, s := range sectionsOf(view) {
			all[s.name] = s.json
		}
		var chosen []section
		for section := range frame.Sections {
			chosen = append(chosen, sectionNamed(t, all, section))
		}
		a := &audience{seq: frame.Seq}
		same(t, name, a.frame(frame.Says, chosen, nil, frame.Whole, frame.CatchingUp))
	}
}

func sectionNamed(t *testing.T, all map[string][]byte, name string) section {
	t.Helper()
	written, known := all[name]
	if !known {
		t.Fatalf("there is no section %q", name)
	}
	return section{name: name, json: written}
}

func TestGoldenCommandsAreRead(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/frames/command-*.json")
	if err != nil || len(names) < 4 {
		t.Fatal(names, err)
	}
	for _, name := range names {
		text := golden(t, filepath.Base(name))
		command, err := readCommand(text)
		if err != nil {
			t.Fatal(name, err)
		}
		var wire commandMessage
		if err := strictly(text, &wire); err != nil {
			t.Fatal(err)
		}
		if command.ID != wire.ID || command.Change.Type() != wire.Command {
			t.Errorf("%s was read as %s %s", name, command.ID, command.Change.Type())
		}
	}
}

func TestGoldenRepliesAreOurs(t *testing.T) {
	t.Parallel()
	never := func(err error) *fault.Fault { t.Fatal(err); return nil }
	ballot := uuid.MustParse("019ab000-0000-7000-8000-000000000065")
	same(t, "reply-recorded.json", words(replyTo(ballot, room.Reply{ID: ballot, Seq: 42}, nil, never)))
	closed := fault.New(fault.Conflict, "Voting on item 5 has closed. Your position was not recorded.")
	same(t, "reply-refused.json", words(replyTo(ballot, room.Reply{}, closed, never)))
	var form fault.Form
	form.Add("text", "Enter what the action is")
	same(t, "reply-invalid.json", words(replyTo(uuid.MustParse("019ab000-0000-7000-8000-000000000067"), room.Reply{}, form.Err(), never)))
}

// What went wrong inside is for the log: a person gets a reference, never the words of the database.
func TestInternalErrorsStayInside(t *testing.T) {
	t.Parallel()
	reply := words(replyTo(uuid.Nil, room.Reply{}, errors.New(`pq: Noor Canary`), func(error) *fault.Fault {
		return fault.New("internal", "Tell your administrator the reference ABC.")
	}))
	if bytes.Contains(reply, []byte("Canary")) || !bytes.Contains(reply, []byte("ABC")) {
		t.Errorf("%s", reply)
	}
}

func TestGoldenBeatAndByesAreOurs(t *testing.T) {
	t.Parallel()
	same(t, "beat.json", words(beatMessage{Type: typeBeat, Now: time.Date(2026, 11, 26, 12, 42, 15, 0, time.UTC)}))
	same(t, "bye-restart.json", words(byeRestart.message()))
	same(t, "bye-signed-out.json", words(byeSignedOut.message()))
}

// The written protocol is what somebody else would build a client from.
func TestReadmeListsEveryCommandSectionAndFarewell(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(text)
	listed := regexp.MustCompile("(?m)^\\| `([a-z]+\\.[a-z]+)`").FindAllStringSubmatch(readme, -1)
	var commands []string
	for _, match := range listed {
		commands = append(commands, match[1])
	}
	slices.Sort(commands)
	if !slices.Equal(commands, room.CommandTypes()) {
		t.Errorf("README.md lists %v\nthe room knows %v", commands, room.CommandTypes())
	}
	for _, s := range append(sectionsOf(room.View{}), section{name: sectionMe}) {
		if !strings.Contains(readme, "`"+s.name+"`") {
			t.Errorf("README.md does not name the section %s", s.name)
		}
	}
	var written map[string]json.RawMessage
	if err := json.Unmarshal(words(room.View{}), &written); err != nil || len(written) != len(sectionsOf(room.View{}))+1 {
		t.Errorf("a view has %d sections and %d are sent (%v)", len(written), len(sectionsOf(room.View{}))+1, err)
	}
	for reason := range farewells {
		if !strings.Contains(readme, "`"+string(reason)+"`") {
			t.Errorf("README.md does not name the farewell %s", reason)
		}
	}
	for _, route := range (&Hub{}).Routes() {
		if !strings.Contains(readme, route.Method+" "+route.Path) {
			t.Errorf("README.md does not name %s %s", route.Method, route.Path)
		}
	}
}
