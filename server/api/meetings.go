package api

import (
	"context"
	"encoding/base64"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/auth"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Meeting is a meeting as other systems see it: when and where, and nothing of what it discusses.
type Meeting struct {
	ID            uuid.UUID `json:"id" format:"uuid" doc:"Stays the same when the meeting moves"`
	ForumID       uuid.UUID `json:"forum_id" format:"uuid" doc:"Whose meeting it is"`
	Forum         string    `json:"forum" doc:"The forum’s name" example:"MAPaC"`
	StartsAt      string    `json:"starts_at" format:"date-time" doc:"Europe/London, with its offset"`
	EndsAt        string    `json:"ends_at" format:"date-time" doc:"Europe/London, with its offset"`
	Venue         string    `json:"venue" doc:"Where; empty when not known"`
	JoiningLink   string    `json:"joining_link" doc:"Where to join online; empty when not known"`
	Status        string    `json:"status" enum:"scheduled,in_session,adjourned,closed,cancelled" doc:"Where it has got to"`
	Extraordinary bool      `json:"extraordinary" doc:"Whether it stands outside the forum’s series"`
	PapersDueOn   string    `json:"papers_due_on,omitempty" format:"date" doc:"By when papers are due; left out when not known"`
	AgendaOutOn   string    `json:"agenda_out_on,omitempty" format:"date" doc:"By when the agenda goes out; left out when not known"`
	MinutesOutOn  string    `json:"minutes_out_on,omitempty" format:"date" doc:"By when the minutes go out; left out when not known"`
	AgendaIsOut   bool      `json:"agenda_is_out" doc:"Whether the agenda is published"`
	Sequence      int       `json:"sequence" doc:"One more at each change of time, place or status, as in calendar invitations"`
	ChangedAt     string    `json:"changed_at" format:"date-time" doc:"When the last such change was made"`
}

func meetingOf(m panels.MeetingRow) Meeting {
	return Meeting{
		ID: m.ID, ForumID: m.ForumID, Forum: m.ForumName, StartsAt: instant(m.StartsAt), EndsAt: instant(m.EndsAt),
		Venue: m.Venue, JoiningLink: m.JoiningLink, Status: string(m.Status), Extraordinary: m.Extraordinary(),
		PapersDueOn: day(m.PapersDueOn), AgendaOutOn: day(m.AgendaOutOn), MinutesOutOn: day(m.MinutesOutOn),
		AgendaIsOut: m.AgendaVersion > 0, Sequence: m.Sequence, ChangedAt: instant(m.ChangedAt),
	}
}

func instant(t time.Time) string { return t.In(clock.London).Format(time.RFC3339) }

func day(d clock.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

type meetingsAsked struct {
	From  string `query:"from" format:"date" doc:"The first day; today when left out"`
	To    string `query:"to" format:"date" doc:"The last day; a year after the first when left out"`
	Forum string `query:"forum" format:"uuid" doc:"The id of one forum; all that the token reaches when left out"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"100" doc:"How many to answer at most"`
	After string `query:"after" maxLength:"200" doc:"The next of the page before, to go on from there"`
}

type meetingsAnswer struct {
	Body struct {
		Meetings []Meeting `json:"meetings" doc:"Earliest first; cancelled ones among them, drafts not"`
		Next     string    `json:"next,omitempty" doc:"Send it as after for the next page; left out on the last"`
	}
}

type meetingAsked struct {
	Meeting string `path:"meeting" format:"uuid" doc:"The meeting’s id"`
}

type meetingAnswer struct{ Body Meeting }

func (a *API) registerMeetings() {
	serve(a, huma.Operation{
		OperationID: "list-meetings", Method: http.MethodGet, Path: Prefix + "/meetings", Summary: "List meetings",
		Description: "The meetings of the token’s forums between two days, a page at a time. Meetings that are added or moved while you go through the pages neither shift the pages nor repeat a meeting.",
		Errors:      []int{http.StatusNotFound},
	}, mayRead, a.listMeetings)
	serve(a, huma.Operation{
		OperationID: "get-meeting", Method: http.MethodGet, Path: Prefix + "/meetings/{meeting}", Summary: "Read one meeting",
		Errors: []int{http.StatusNotFound},
	}, mayRead, func(ctx context.Context, caller auth.Caller, asked *meetingAsked) (*meetingAnswer, error) {
		answer := &meetingAnswer{}
		return answer, a.DB.Read(ctx, caller.Actor(), func(tx db.Tx) error {
			m, err := reachedMeeting(tx, caller, asked.Meeting)
			answer.Body = meetingOf(m)
			return err
		})
	})
}

// reachedMeeting finds a meeting of the token's forums; there is no other.
func reachedMeeting(tx db.Tx, caller auth.Caller, text string) (panels.MeetingRow, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return panels.MeetingRow{}, fault.New(fault.NotFound, "There is no such meeting.")
	}
	return panels.MeetingOf(tx, id, caller.Forums)
}

func (a *API) listMeetings(ctx context.Context, caller auth.Caller, asked *meetingsAsked) (*meetingsAnswer, error) {
	pages := panels.MeetingPages{Forums: caller.Forums, Limit: asked.Limit}
	if asked.Forum != "" {
		forum, err := uuid.Parse(asked.Forum)
		if err != nil || !caller.Reaches(forum) {
			return nil, fault.New(fault.NotFound, "There is no such forum among those the token reaches.")
		}
		pages.Forums = []uuid.UUID{forum}
	}
	var err error
	if pages.AfterAt, pages.AfterID, err = readCursor(asked.After); err != nil {
		return nil, err
	}
	answer := &meetingsAnswer{}
	answer.Body.Meetings = []Meeting{}
	return answer, a.DB.Read(ctx, caller.Actor(), func(tx db.Tx) error {
		if pages.From, pages.To, err = span(asked.From, asked.To, tx.Today()); err != nil {
			return err
		}
		rows, more, err := panels.PageMeetings(tx, pages)
		for _, row := range rows {
			answer.Body.Meetings = append(answer.Body.Meetings, meetingOf(row))
		}
		if more {
			last := rows[len(rows)-1]
			answer.Body.Next = cursor(last.StartsAt, last.ID)
		}
		return err
	})
}

// span reads the two days.
func span(from, to string, today clock.Date) (first, last clock.Date, err error) {
	first = today
	if from != "" {
		if first, err = clock.ParseDate(from); err != nil {
			return first, last, wrong("query.from", "Write a day like 2026-11-26")
		}
	}
	last = first.AddMonths(12)
	if to != "" {
		if last, err = clock.ParseDate(to); err != nil {
			return first, last, wrong("query.to", "Write a day like 2026-11-26")
		}
	}
	if last.Before(first) {
		return first, last, wrong("query.to", "Write a day that is not before the first")
	}
	return first, last, nil
}

// cursor says where a page ended. It is a place in the order and no secret.
func cursor(at time.Time, id uuid.UUID) string {
	return base64.RawURLEncoding.EncodeToString([]byte(at.UTC().Format(time.RFC3339Nano) + " " + id.String()))
}

func readCursor(text string) (at time.Time, id uuid.UUID, err error) {
	if text == "" {
		return at, id, nil
	}
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		moment, which, _ := strings.Cut(string(decoded), " ")
		if at, err = time.Parse(time.RFC3339Nano, moment); err == nil {
			id, err = uuid.Parse(which)
		}
	}
	if err != nil {
		return at, id, wrong("query.after", "Send the next of the page before, as it is")
	}
	return at, id, nil
}

// wrong is a problem with one part of a request.
func wrong(field, detail string) *Problem {
	p := problem(http.StatusUnprocessableEntity, detail+".")
	p.Errors = []ProblemField{{Field: field, Detail: detail}}
	return p
}
