package room_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
)

// What a forger needs, by SEALED-RECORD.md and without a line of the product.

// insertEvent makes one up after so many, and numbers the later ones anew with all that belongs to them.
func insertEvent(r *room.SealedRecord, after int) {
	made := r.Events[after-1]
	made.CommandID = uuid.New()
	r.Events = slices.Insert(slices.Clone(r.Events), after, made)
	for i := range r.Events {
		r.Events[i].Seq = int64(i + 1)
	}
	for _, entries := range []*[]room.SealedEntry{&r.Meeting, &r.Decisions, &r.Minutes} {
		*entries = slices.Clone(*entries)
		for i, entry := range *entries {
			if entry.Event > int64(after) {
				(*entries)[i].Event++
			}
		}
	}
	r.Count++
}

// rehash works out the digest and the hash of the events from one index up to another, each following the one
// before.
func rehash(t *testing.T, r *room.SealedRecord, from, to int) {
	t.Helper()
	bytesOf := func(text string) []byte {
		data, err := hex.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	field := func(data []byte) []byte {
		return append(binary.BigEndian.AppendUint64(nil, uint64(len(data))), data...)
	}
	sum := func(parts ...[]byte) []byte { hash := sha256.Sum256(bytes.Join(parts, nil)); return hash[:] }
	name := func(id *uuid.UUID) []byte {
		if id == nil {
			return field(nil)
		}
		return field(id[:])
	}
	number := func(n int64) []byte { return field(binary.BigEndian.AppendUint64(nil, uint64(n))) }
	r.Events = slices.Clone(r.Events)
	for i := from; i < to; i++ {
		e := &r.Events[i]
		previous := make([]byte, 32)
		if i > 0 {
			previous = bytesOf(r.Events[i-1].Hash)
		}
		digest := bytesOf(e.Digest)
		if c := e.Content; c != nil {
			digest = sum([]byte("quorate room content 1\n"), field(bytesOf(c.Salt)), field([]byte(c.Text)), field([]byte(c.Says)), field([]byte(c.Record)))
		}
		at, err := time.Parse("2006-01-02T15:04:05.000000Z", e.At)
		if err != nil {
			t.Fatal(err)
		}
		hash := sum([]byte("quorate room event 1\n"), name(&r.MeetingID), number(e.Seq), name(&e.CommandID), field([]byte(e.Type)),
			name(e.ItemID), name(e.PersonID), field([]byte(e.System)), number(at.UnixMicro()), field(digest), field(previous))
		e.Digest, e.Previous, e.Hash = hex.EncodeToString(digest), hex.EncodeToString(previous), hex.EncodeToString(hash)
	}
}

// written is a record as it is written: no spaces, keys in order, no escapes that JSON does not require.
func written(t *testing.T, record room.SealedRecord) []byte {
	t.Helper()
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	read := json.NewDecoder(bytes.NewReader(text))
	read.UseNumber()
	var tree any
	if err := read.Decode(&tree); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	write := json.NewEncoder(&out)
	write.SetEscapeHTML(false)
	if err := write.Encode(tree); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}
