package panels

import (
	"slices"
	"strings"
	"time"
	"unicode"

	"quorate/server/base/clock"
)

// Slot is a time and a place at which a meeting may be held.
type Slot struct {
	StartsAt time.Time
	EndsAt   time.Time
	Venue    string
}

// Slot is when and where the meeting is held.
func (m Meeting) Slot() Slot { return Slot{StartsAt: m.StartsAt, EndsAt: m.EndsAt, Venue: m.Venue} }

// On is the slot's day in Europe/London.
func (s Slot) On() clock.Date { return clock.DateOf(s.StartsAt) }

// Overlaps reports whether two slots have any moment in common. A slot ends just before its end, so
// one meeting may begin as another finishes.
func (s Slot) Overlaps(other Slot) bool {
	return s.StartsAt.Before(other.EndsAt) && other.StartsAt.Before(s.EndsAt)
}

// Times are "1:30pm to 4pm".
func (s Slot) Times() string { return clock.Time(s.StartsAt) + " to " + clock.Time(s.EndsAt) }

// SameRoom reports whether two slots are in one room, however its name was typed. Meetings held only
// online are in no room.
func (s Slot) SameRoom(other Slot) bool {
	room := roomKey(s.Venue)
	return room != "" && room == roomKey(other.Venue)
}

// roomKey is a venue without what people type differently: capitals, spaces and stops.
func roomKey(venue string) string {
	key := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, venue)
	if slices.Contains(noRoom, key) {
		return ""
	}
	return key
}

// noRoom are the venues, as keys, at which any number can meet at once.
var noRoom = []string{
	"online", "onlineonly", "virtual", "virtually", "teams", "msteams", "microsoftteams", "onteams", "viateams", "zoom", "video", "videocall", "byvideo",
	"phone", "telephone", "byphone", "tbc", "tba", "tobeconfirmed", "notknown", "na", "none",
}
