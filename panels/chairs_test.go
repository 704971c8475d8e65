package panels

import (
	"testing"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// A chair who counts on being free must not find the turns moved because another meeting was.
func TestTurnsStayWhateverBecomesOfOtherMeetings(t *testing.T) {
	t.Parallel()
	p := newPartnership(t)
	forum, err := p.CreateForum(t.Context(), p.admin, NewForum{Template: "preparing_for_adulthood"})
	if err != nil {
		t.Fatal(err)
	}
	_, made, err := p.ScheduleSeries(t.Context(), p.admin, Series{ForumID: forum.ID, Rule: "FREQ=MONTHLY;BYDAY=1TU"})
	if err != nil || made < 6 {
		t.Fatal(made, err)
	}
	meetings := func() (list []Meeting) {
		p.read(p.admin, func(tx db.Tx) error {
			return tx.Where("forum_id = ? and series_id is not null", forum.ID).Order("occurrence_on").Find(&list).Error
		})
		return list
	}
	whose := func(m Meeting) (name string) {
		p.read(p.admin, func(tx db.Tx) error {
			chaired, err := ChairOf(tx, m)
			if err == nil && len(chaired.Seats) == 1 && chaired.Other != nil {
				name = chaired.Seats[0].Name
			}
			return err
		})
		return name
	}
	first, second := "Chair, education", "Chair, adult social care"
	check := func(step string) {
		t.Helper()
		for i, m := range meetings() {
			want := []string{first, second}[i%2]
			if got := whose(m); got != want {
				t.Errorf("%s: meeting %d is chaired by %q, want %q", step, i+1, got, want)
			}
		}
	}
	check("as scheduled")
	all := meetings()
	if _, err := p.CancelMeeting(t.Context(), p.admin, all[1].ID, all[1].Version, "Snow"); err != nil {
		t.Fatal(err)
	}
	check("after a cancellation")
	if _, err := p.MoveMeeting(t.Context(), p.admin, MoveMeeting{MeetingID: all[2].ID, Version: all[2].Version, StartsAt: all[2].StartsAt.AddDate(0, 0, 50), Duration: all[2].Duration()}); err != nil {
		t.Fatal(err)
	}
	check("after one moved past the next")
	extra, err := p.CallExtraordinaryMeeting(t.Context(), p.admin, NewMeeting{ForumID: forum.ID, StartsAt: all[0].StartsAt.AddDate(0, 0, 3)})
	if err != nil {
		t.Fatal(err)
	}
	check("after one was called between")
	if got := whose(extra); got != second {
		t.Errorf("the meeting called between is chaired by %q, want who is next: %q", got, second)
	}

	all = meetings()
	if _, err := p.SwapChair(t.Context(), p.admin, all[3].ID, all[3].Version, " "); !fault.Is(err, fault.Invalid) {
		t.Errorf("swapped without a reason: %v", err)
	}
	stranger := access.Actor{PersonID: uuid.New()}
	if _, err := p.SwapChair(t.Context(), stranger, all[3].ID, all[3].Version, "Leave"); !fault.Is(err, fault.Denied) {
		t.Errorf("swapped by somebody with no seat: %v", err)
	}
	if _, err := p.SwapChair(t.Context(), p.admin, all[3].ID, all[3].Version, "Leave"); err != nil {
		t.Fatal(err)
	}
	if _, err := p.SwapChair(t.Context(), p.admin, all[3].ID, all[3].Version, "Leave"); err == nil {
		t.Error("swapped from an older page")
	}
	for i, want := range []string{first, second, first, first, first, second} {
		if got := whose(meetings()[i]); got != want {
			t.Errorf("after a swap meeting %d is chaired by %q, want %q", i+1, got, want)
		}
	}
}

// Two chairs who both confirm need two seats to sit in.
func TestTwoChairsNeedTwoSeats(t *testing.T) {
	t.Parallel()
	chair := TableSeat{Seat: Seat{Office: access.Chair, Standing: access.InAttendance}}
	for name, c := range map[string]struct {
		terms Terms
		seats []TableSeat
		field string
	}{
		"one":                  {Terms{Chairing: OneChair}, []TableSeat{chair}, ""},
		"one, both confirm":    {Terms{Chairing: OneChair, BothChairsConfirm: true}, []TableSeat{chair}, "both_chairs_confirm"},
		"two of one":           {Terms{Chairing: TwoJointly}, []TableSeat{chair}, "chairing"},
		"two in turn, of none": {Terms{Chairing: TwoAlternating}, nil, "chairing"},
		"two":                  {Terms{Chairing: TwoJointly, BothChairsConfirm: true}, []TableSeat{chair, chair}, ""},
		"none chosen":          {Terms{}, []TableSeat{chair}, "chairing"},
	} {
		var form fault.Form
		c.terms.check(&form, c.seats)
		got := ""
		if f := fault.As(form.Err()); f != nil {
			for _, field := range f.Fields {
				if field.Name == "chairing" || field.Name == "both_chairs_confirm" {
					got = field.Name
				}
			}
		}
		if got != c.field {
			t.Errorf("%s: the form complains of %q, want %q", name, got, c.field)
		}
	}
}

// A case of another council that is not marked is a case whose funder is asked too late.
func TestWhoIsResponsible(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		said, ours, words string
		notOurs           bool
	}{
		{"", "", "Not known", false},
		{"", "Marlshire Council", "Marlshire Council (the tracker does not say another)", false},
		{"Marlshire County Council", "Marlshire Council", "Marlshire County Council", false},
		{"marlshire cc", "Marlshire Council", "marlshire cc", false},
		{"Marlshire Integrated Care Board", "NHS Marlshire ICB", "Marlshire Integrated Care Board", false},
		{"Wessel Council", "Marlshire Council", "Wessel Council", true},
		{"Marlshire District Council", "Marlshire Council", "Marlshire District Council", true},
		{"Wessel Council", "", "Wessel Council", false},
	} {
		if body := BodyOf(c.said, c.ours); body.Words() != c.words || body.NotOurs != c.notOurs {
			t.Errorf("%q where we are %q: %q, not ours %v", c.said, c.ours, body.Words(), body.NotOurs)
		}
	}
}
