package live

import (
	"bytes"
	"reflect"

	"github.com/gorilla/websocket"

	"quorate/panels/room"
)

// message is one text to send, prepared for the wire once however many receive it.
type message struct {
	text []byte
	wire *websocket.PreparedMessage
}

func newMessage(text []byte) message {
	wire, err := websocket.NewPreparedMessage(websocket.TextMessage, text)
	if err != nil {
		panic(err) // it only fails for a kind of message that does not exist
	}
	return message{text: text, wire: wire}
}

// A section is one part of a view, and the same as JSON.
type section struct {
	name string
	part any
	json []byte
}

// audience is the meeting as everyone with one room.Viewer.Audience sees it at one number.
type audience struct {
	seq      int64
	says     string
	sections []section // all but "me", in the order of room.View

	changed []section        // what differs from what this audience was told before
	shared  map[bool]message // the frame with those changes, by whether the follower is catching up
}

// sectionsOf writes a view's sections, leaving out what is one person's own. Most are the same as they were,
// or as another audience has them: finding that is a third of the work of writing them again.
func sectionsOf(view room.View, likely ...*audience) []section {
	sections := []section{
		{name: "meeting", part: view.Meeting}, {name: "chair", part: view.Chair}, {name: "people", part: view.People},
		{name: "quorum", part: view.Quorum}, {name: "items", part: view.Items}, {name: "item", part: view.Item},
		{name: "vote", part: view.Vote}, {name: "consent", part: view.Consent}, {name: "decision", part: view.Decision},
		{name: "awaiting", part: view.Awaiting}, {name: "notes", part: view.Notes}, {name: "writing", part: view.Writing},
		{name: "actions", part: view.Actions}, {name: "arising", part: view.Arising}, {name: "list", part: view.List},
		{name: "choices", part: view.Choices},
	}
	for i := range sections {
		s := &sections[i]
		for _, a := range likely {
			if a != nil && reflect.DeepEqual(a.sections[i].part, s.part) {
				s.json = a.sections[i].json
				break
			}
		}
		if s.json == nil {
			s.json = words(s.part)
		}
	}
	return sections
}

const sectionMe = "me"

// differing lists the sections of now that are not the same in before.
func differing(before, now []section) []section {
	if len(before) != len(now) {
		return now
	}
	var changed []section
	for i, s := range now {
		if !bytes.Equal(s.json, before[i].json) {
			changed = append(changed, s)
		}
	}
	return changed
}

// newAudience is the audience at a number, compared with what the same audience was told last; before
// is nil when nobody was listening.
func newAudience(seq int64, says string, sections []section, before *audience) *audience {
	a := &audience{seq: seq, says: says, sections: sections, shared: map[bool]message{}}
	if before != nil {
		a.changed = differing(before.sections, sections)
	}
	return a
}

// frameOfChanges is what changed, for a follower who was told what this audience was told before. me
// is nil when the follower's own section is as it was, and the frame is then shared by all of them.
func (a *audience) frameOfChanges(me []byte, catchingUp bool) message {
	if me != nil {
		return newMessage(a.frame(a.says, a.changed, me, false, catchingUp))
	}
	frame, made := a.shared[catchingUp]
	if !made {
		frame = newMessage(a.frame(a.says, a.changed, nil, false, catchingUp))
		a.shared[catchingUp] = frame
	}
	return frame
}

// frameWhole is everything, for a follower of whom nothing is known.
func (a *audience) frameWhole(me []byte, catchingUp bool) message {
	return newMessage(a.frame("", a.sections, me, true, catchingUp))
}

// frame writes a frame from sections that are JSON already: they are copied, not read again.
func (a *audience) frame(says string, sections []section, me []byte, whole, catchingUp bool) []byte {
	head := words(frameHead{Type: typeFrame, Seq: a.seq, Says: says, Whole: whole, CatchingUp: catchingUp})
	var text bytes.Buffer
	text.Write(head[:len(head)-1])
	text.WriteString(`,"sections":{`)
	if me != nil {
		sections = append(sections[:len(sections):len(sections)], section{name: sectionMe, json: me})
	}
	for i, s := range sections {
		if i > 0 {
			text.WriteByte(',')
		}
		text.WriteByte('"')
		text.WriteString(s.name)
		text.WriteString(`":`)
		text.Write(s.json)
	}
	text.WriteString("}}")
	return text.Bytes()
}
