package escalations

import (
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
)

// LevelKey names a rung of the ladder.
type LevelKey string

// The rungs that ship, lowest first. An administrator adds others between the first and the last.
const (
	ForumLevel   LevelKey = "forum"   // the forum that raised it: always the first
	DisputeLevel LevelKey = "dispute" // the dispute-resolution forum
	HeadsLevel   LevelKey = "heads"   // heads of service: a named person, not a forum
	BoardLevel   LevelKey = "board"   // the board the forum leads to: always the last
)

// LadderLevel is a rung as an administrator sets it. Rows without a forum are the partnership's; a
// forum with rows of its own uses those alone.
type LadderLevel struct {
	ID            uuid.UUID
	ForumID       *uuid.UUID
	Position      int
	Key           LevelKey
	Name          string // "": the name of the forum that holds it
	ForumTemplate string // held by the forum made from this shipped template
	HeldBy        *uuid.UUID
	PersonID      *uuid.UUID
	AfterDays     *int // calendar days; nil: the forum's terms of reference say
	AnswerDays    int  // working days in which whoever holds it acknowledges
	Version       int
}

// TableName is ladder_level.
func (LadderLevel) TableName() string { return "ladder_level" }

// Level is a rung somebody holds, as one forum's blockers climb it.
type Level struct {
	Key      LevelKey
	Name     string
	ForumID  uuid.UUID // uuid.Nil where a person holds it
	PersonID uuid.UUID // uuid.Nil where a forum holds it
	Days     int       // calendar days a blocker may stay before it rises
	Answer   int       // working days in which whoever holds it acknowledges
}

// Ladder is the rungs a forum's blockers climb, lowest first. The first is the forum itself.
type Ladder []Level

// buildLadder leaves out the rungs nobody holds: one without its forum (or whose forum is this one), one without
// a person, a board the forum does not lead to.
func buildLadder(rows []LadderLevel, forum panels.Forum, forums []panels.Forum, termsDays int) Ladder {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b LadderLevel) int { return a.Position - b.Position })
	ladder := Ladder{{Key: ForumLevel, Name: forum.Name, ForumID: forum.ID, Days: termsDays}}
	for _, row := range rows {
		days := termsDays
		if row.AfterDays != nil {
			days = *row.AfterDays
		}
		if row.Key == ForumLevel {
			ladder[0].Days, ladder[0].Answer = days, row.AnswerDays
			continue
		}
		if row.PersonID != nil {
			ladder = append(ladder, Level{Key: row.Key, Name: row.Name, PersonID: *row.PersonID, Days: days, Answer: row.AnswerDays})
			continue
		}
		holder, ok := holderOf(row, forum, forums)
		if !ok || holder.ID == forum.ID {
			continue
		}
		name := row.Name
		if name == "" {
			name = holder.Name
		}
		ladder = append(ladder, Level{Key: row.Key, Name: name, ForumID: holder.ID, Days: days, Answer: row.AnswerDays})
	}
	return ladder
}

// holderOf finds the forum that holds a rung: the one named, else the one made from its template,
// else, for the board's rung, the board reached by following EscalatesTo.
func holderOf(row LadderLevel, forum panels.Forum, forums []panels.Forum) (panels.Forum, bool) {
	for _, f := range forums {
		if row.HeldBy != nil && f.ID == *row.HeldBy {
			return f, true
		}
	}
	if row.Key == BoardLevel {
		return boardOf(forum, forums)
	}
	for _, f := range forums {
		if row.ForumTemplate != "" && f.Template == row.ForumTemplate {
			return f, true
		}
	}
	return panels.Forum{}, false
}

// boardOf follows EscalatesTo until it meets a board, and gives up where it leads round in a ring.
func boardOf(forum panels.Forum, forums []panels.Forum) (panels.Forum, bool) {
	at := forum
	for range forums {
		if at.EscalatesTo == nil {
			return panels.Forum{}, false
		}
		i := slices.IndexFunc(forums, func(f panels.Forum) bool { return f.ID == *at.EscalatesTo })
		if i < 0 {
			return panels.Forum{}, false
		}
		if at = forums[i]; at.Board && at.ID != forum.ID {
			return at, true
		}
	}
	return panels.Forum{}, false
}

// After is the next rung above key. A rung the ladder has lost since counts as the lowest.
func (l Ladder) After(key LevelKey) (Level, bool) {
	at := max(0, slices.IndexFunc(l, func(v Level) bool { return v.Key == key }))
	if at+1 >= len(l) {
		return Level{}, false
	}
	return l[at+1], true
}

// Level is the rung with that key.
func (l Ladder) Level(key LevelKey) (Level, bool) {
	i := slices.IndexFunc(l, func(v Level) bool { return v.Key == key })
	if i < 0 {
		return Level{}, false
	}
	return l[i], true
}
