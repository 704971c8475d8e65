package main

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/bench/attend"
)

// scene is a forum made for a measure: a chair, a clerk, members who decide by simple majority and people
// in attendance, and meetings in session with one item of business each.
type scene struct {
	chair, clerk sitter
	members      []sitter // they decide
	others       []sitter // in attendance
	meetings     []uuid.UUID
	items        []uuid.UUID // of each meeting
}

// sitter is somebody with a seat, signed in.
type sitter struct {
	attend.Sitter
	session *http.Cookie
}

// setScene makes it out of the demo's funding panel, so that its rows have everything the product's have.
func (h *house) setScene(ctx context.Context, members, others, meetings int) (*scene, error) {
	panel, err := attend.FindPanel(ctx, h.db)
	if err != nil {
		return nil, err
	}
	s := &scene{}
	forum := uuid.Must(uuid.NewV7())
	err = h.db.AsOwner(ctx, func(owner *sql.DB) error {
		tx, err := owner.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // after a commit there is nothing to roll back
		for _, step := range []string{
			`insert into forum select (jsonb_populate_record(f, jsonb_build_object('id', $1::text, 'slug', 'stage-' || $1::text, 'name', 'Stage ' || $1::text))).* from forum f where f.id = $2::uuid`,
			`insert into terms_of_reference select (jsonb_populate_record(t, jsonb_build_object('id', gen_random_uuid(), 'forum_id', $1::text, 'number', 1,
				'quorum_members', 2, 'quorum_agencies', '[]'::jsonb, 'chairing', 'one', 'both_chairs_confirm', false, 'voting_method', 'devices',
				'voting_rule', 'simple_majority', 'list_mode', false, 'standing_items', '[]'::jsonb))).*
				from terms_of_reference t where t.forum_id = $2::uuid order by number desc limit 1`,
		} {
			if _, err := tx.ExecContext(ctx, step, forum, panel.Meeting.ForumID); err != nil {
				return err
			}
		}
		for n := range 2 + members + others {
			who := sitter{Sitter: attend.Sitter{Person: uuid.Must(uuid.NewV7()), Seat: uuid.Must(uuid.NewV7()), Name: fmt.Sprintf("Person %d", n+1)}}
			office, standing := "member", "in_attendance"
			switch {
			case n == 0:
				office, s.chair = "chair", who
			case n == 1:
				office, s.clerk = "clerk", who
			case n < 2+members:
				standing, s.members = "deciding", append(s.members, who)
			default:
				s.others = append(s.others, who)
			}
			_, err := tx.ExecContext(ctx, `
				with who as (
					insert into person select (jsonb_populate_record(p, jsonb_build_object('id', $1::text, 'name', $3::text, 'email', $1::text || '@example.org'))).* from person p where p.id = $8::uuid
				), place as (
					insert into seat select (jsonb_populate_record(t, jsonb_build_object('id', $2::text, 'forum_id', $4::text, 'name', $3::text, 'office', $5::text, 'standing', $6::text, 'position', $7::int))).* from seat t where t.id = $9::uuid
				)
				insert into seat_holding (id, seat_id, person_id, deputy_order, from_date, version) values (gen_random_uuid(), $2::uuid, $1::uuid, 0, '2000-01-01', 1)`,
				who.Person, who.Seat, who.Name, forum, office, standing, n, panel.Voters[0].Person, panel.Voters[0].Seat)
			if err != nil {
				return err
			}
		}
		for n := range meetings {
			meeting, item := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
			_, err := tx.ExecContext(ctx, `
				with m as (
					insert into meeting select (jsonb_populate_record(m, jsonb_build_object('id', $1::text, 'forum_id', $2::text, 'series_id', null, 'occurrence_on', null,
						'starts_at', m.starts_at + $5::int * interval '1 minute', 'ends_at', m.ends_at + $5::int * interval '1 minute', 'room_seq', 0, 'status', 'scheduled'))).* from meeting m where m.id = $4::uuid
				)
				insert into agenda_item select (jsonb_populate_record(i, jsonb_build_object('id', $3::text, 'meeting_id', $1::text, 'number', '1', 'position', 1, 'kind', 'standing',
					'title', 'Business', 'case_id', null, 'request_id', null, 'escalation_id', null, 'presenter_id', null, 'state', 'listed'))).* from agenda_item i where i.id = $6::uuid`,
				meeting, forum, item, panel.Meeting.ID, n, panel.Item)
			if err != nil {
				return err
			}
			s.meetings, s.items = append(s.meetings, meeting), append(s.items, item)
		}
		return tx.Commit()
	})
	if err != nil {
		return nil, err
	}
	for _, who := range s.everybody() {
		if who.session, err = attend.SignIn(ctx, h.program.URL, who.Person); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// everybody is the table and then those in attendance.
func (s *scene) everybody() []*sitter {
	all := []*sitter{&s.chair, &s.clerk}
	for i := range s.members {
		all = append(all, &s.members[i])
	}
	for i := range s.others {
		all = append(all, &s.others[i])
	}
	return all
}

// join opens somebody's line to a meeting and waits for its first whole view.
func (h *house) join(ctx context.Context, who *sitter, meeting uuid.UUID) (*attend.Line, error) {
	line, err := attend.Join(ctx, h.program.URL, who.session, meeting, 0)
	if err == nil {
		_, err = line.HearUntil(comesBy, func(said attend.Message) bool { return said.Whole })
	}
	return line, err
}

// ask has a command recorded over somebody's line, and says the number of its event.
func ask(line *attend.Line, change room.Change) (int64, error) {
	id := uuid.Must(uuid.NewV7())
	if err := line.Send(id, change); err != nil {
		return 0, err
	}
	reply, err := line.HearUntil(comesBy, func(said attend.Message) bool { return said.Type == "reply" && said.ID == id })
	if err == nil && reply.Error != nil {
		err = fmt.Errorf("%s was refused: %s", change.Type(), reply.Error.Sentence)
	}
	return reply.Seq, err
}

// begin has a meeting start, with its chair and all its members here and its business open, and returns its vote.
func (h *house) begin(ctx context.Context, s *scene, n int, vote bool) (voteID uuid.UUID, seq int64, err error) {
	meeting := s.meetings[n]
	chair, err := h.join(ctx, &s.chair, meeting)
	if err != nil {
		return uuid.Nil, 0, err
	}
	defer chair.Close()
	changes := []room.Change{room.StartMeeting{}, room.RecordAttendance{Present: true}, room.OpenItem{ItemID: s.items[n]}}
	for _, member := range s.members {
		changes = append(changes, room.RecordAttendance{PersonID: member.Person, Present: true})
	}
	if vote {
		changes = append(changes, room.OpenVote{ItemID: s.items[n], Outcome: room.Agreed, Text: "The business is agreed"})
	}
	for _, change := range changes {
		if seq, err = ask(chair, change); err != nil {
			return uuid.Nil, 0, err
		}
	}
	if vote {
		err = h.db.AsOwner(ctx, func(owner *sql.DB) error {
			return owner.QueryRowContext(ctx, `select id from vote where meeting_id = $1`, meeting).Scan(&voteID)
		})
	}
	return voteID, seq, err
}

// comesBy is how long anything may take before it counts as lost.
const comesBy = 20 * time.Second
