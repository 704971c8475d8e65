package escalations

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"quorate/panels"
)

// A rung nobody holds would swallow a blocker for 28 days; a missing board would mean nobody ever hears.
func TestTheLadderSkipsRungsNobodyHolds(t *testing.T) {
	t.Parallel()
	board := panels.Forum{ID: id(), Name: "Strategic transitions board", Board: true}
	marp := panels.Forum{ID: id(), Name: "Multi-agency resource panel", Template: "marp", EscalatesTo: &board.ID}
	mapac := panels.Forum{ID: id(), Name: "MAPaC", EscalatesTo: &board.ID}
	delivery := panels.Forum{ID: id(), Name: "Delivery group", EscalatesTo: &board.ID}
	looked := panels.Forum{ID: id(), Name: "Looked-after working group", EscalatesTo: &delivery.ID}
	alone := panels.Forum{ID: id(), Name: "Alone"}
	ringA, ringB := panels.Forum{ID: id(), Name: "A"}, panels.Forum{ID: id(), Name: "B"}
	ringA.EscalatesTo, ringB.EscalatesTo = &ringB.ID, &ringA.ID

	person, ten := id(), 10
	shipped := []LadderLevel{
		{Position: 4, Key: BoardLevel},
		{Position: 1, Key: ForumLevel},
		{Position: 2, Key: DisputeLevel, ForumTemplate: "marp"},
		{Position: 3, Key: HeadsLevel, Name: "Heads of service"},
	}
	named := []LadderLevel{
		{Position: 1, Key: ForumLevel, AfterDays: &ten},
		{Position: 2, Key: DisputeLevel, HeldBy: &delivery.ID, Name: "Dispute group"},
		{Position: 3, Key: HeadsLevel, Name: "Heads of service", PersonID: &person},
		{Position: 4, Key: BoardLevel},
	}

	for _, c := range []struct {
		name   string
		rows   []LadderLevel
		forum  panels.Forum
		others []panels.Forum
		want   Ladder
	}{
		{"shipped, with a dispute forum", shipped, mapac, []panels.Forum{mapac, marp, board}, Ladder{
			{Key: ForumLevel, Name: "MAPaC", ForumID: mapac.ID, Days: 28},
			{Key: DisputeLevel, Name: "Multi-agency resource panel", ForumID: marp.ID, Days: 28},
			{Key: BoardLevel, Name: "Strategic transitions board", ForumID: board.ID, Days: 28},
		}},
		{"shipped, without one", shipped, mapac, []panels.Forum{mapac, board}, Ladder{
			{Key: ForumLevel, Name: "MAPaC", ForumID: mapac.ID, Days: 28},
			{Key: BoardLevel, Name: "Strategic transitions board", ForumID: board.ID, Days: 28},
		}},
		{"the dispute forum's own blockers", shipped, marp, []panels.Forum{mapac, marp, board}, Ladder{
			{Key: ForumLevel, Name: "Multi-agency resource panel", ForumID: marp.ID, Days: 28},
			{Key: BoardLevel, Name: "Strategic transitions board", ForumID: board.ID, Days: 28},
		}},
		{"through a delivery group to its board", shipped, looked, []panels.Forum{looked, delivery, board}, Ladder{
			{Key: ForumLevel, Name: "Looked-after working group", ForumID: looked.ID, Days: 28},
			{Key: BoardLevel, Name: "Strategic transitions board", ForumID: board.ID, Days: 28},
		}},
		{"named rungs with their own days", named, mapac, []panels.Forum{mapac, delivery, board}, Ladder{
			{Key: ForumLevel, Name: "MAPaC", ForumID: mapac.ID, Days: 10},
			{Key: DisputeLevel, Name: "Dispute group", ForumID: delivery.ID, Days: 28},
			{Key: HeadsLevel, Name: "Heads of service", PersonID: person, Days: 28},
			{Key: BoardLevel, Name: "Strategic transitions board", ForumID: board.ID, Days: 28},
		}},
		{"a forum that leads nowhere", shipped, alone, []panels.Forum{alone, board}, Ladder{
			{Key: ForumLevel, Name: "Alone", ForumID: alone.ID, Days: 28},
		}},
		{"forums that lead round in a ring", shipped, ringA, []panels.Forum{ringA, ringB, board}, Ladder{
			{Key: ForumLevel, Name: "A", ForumID: ringA.ID, Days: 28},
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, buildLadder(c.rows, c.forum, c.others, 28)); diff != "" {
				t.Errorf("the ladder differs (-want +got):\n%s", diff)
			}
		})
	}
}

// A blocker on a rung that was since taken off the ladder must still climb.
func TestAfterALostRungComesTheSecond(t *testing.T) {
	t.Parallel()
	ladder := Ladder{{Key: ForumLevel}, {Key: BoardLevel}}
	for key, want := range map[LevelKey]LevelKey{ForumLevel: BoardLevel, HeadsLevel: BoardLevel, BoardLevel: ""} {
		if next, _ := ladder.After(key); next.Key != want {
			t.Errorf("after %q comes %q, want %q", key, next.Key, want)
		}
	}
}

func id() uuid.UUID { return uuid.Must(uuid.NewV7()) }
