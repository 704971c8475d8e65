package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const goldenRecord = "../panels/room/testdata/sealed-record.json"

// Somebody who was handed a record, and has no more than the program, must be told whether to believe it.
func TestVerifySaysWhole(t *testing.T) {
	t.Parallel()
	var said bytes.Buffer
	if err := (&verifyCommand{File: goldenRecord, Out: &said}).Run(); err != nil {
		t.Fatal(err)
	}
	for _, words := range []string{"WHOLE. The sealed record of Example panel, 26 November 2026: 5 events, 1 decision and the minutes of 1 item.", "What was written with 1 event is left out of this copy (2)", "It ends in "} {
		if !strings.Contains(said.String(), words) {
			t.Errorf("it says %q, want %q", said.String(), words)
		}
	}
	_, head, _ := strings.Cut(said.String(), "It ends in ")
	head = head[:64]
	if err := (&verifyCommand{File: goldenRecord, Head: strings.ToUpper(head), Out: &said}).Run(); err != nil {
		t.Error(err)
	}
}

// The program that asks reads the status and not the words.
func TestVerifyEndsWithAStatus(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile(goldenRecord)
	if err != nil {
		t.Fatal(err)
	}
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "record.json")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"altered":      {[]string{"verify", file(strings.Replace(string(golden), "Assessed need", "Assessed want", 1))}, recordAltered, "ALTERED. The decision on item 1 that event 3 put on the record was changed."},
		"another head": {[]string{"verify", goldenRecord, "--head", strings.Repeat("0", 64)}, recordAltered, "ends in another number than the one you noted"},
		"no record":    {[]string{"verify", file("hello")}, recordUnreadable, "is not a sealed record of Quorate"},
		"no file":      {[]string{"verify", filepath.Join(t.TempDir(), "none.json")}, recordUnreadable, "cannot be read"},
	} {
		err := run(t.Context(), c.args)
		if err == nil || status(err) != c.status || !strings.Contains(plain(err), c.says) {
			t.Errorf("%s: %v (%d), want %d and %q", name, err, status(err), c.status, c.says)
		}
	}
}
