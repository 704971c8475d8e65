package panels

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The kinds of notice about deadlines. Those about papers belong to whoever keeps the papers.
const (
	NoticeAgendaSoon  notify.Kind = "agenda_soon"  // to the clerk, before the agenda is due out
	NoticeAgendaLate  notify.Kind = "agenda_late"  // to the clerk and the chair, once it is late
	NoticeMinutesSoon notify.Kind = "minutes_soon" // to the clerk, before the minutes are due out
	NoticeMinutesLate notify.Kind = "minutes_late" // to the clerk and the chair, once they are late
)

var chaser = access.System("deadlines")

// PapersChaser says whom to tell about a meeting's papers at a stage, and of what; clerks are who
// prepares the meeting. Nobody: there is nothing to chase.
type PapersChaser func(tx db.Tx, meeting Meeting, stage Stage, clerks []uuid.UUID) ([]notify.Notice, error)

// ChaseDeadlines reminds people of papers, agendas and minutes before they are due and once they are
// late. It runs each morning: every stage of every deadline is chased once, whatever happens between,
// and anew when the deadline moves. It returns how many notices it sent.
func (s Store) ChaseDeadlines(ctx context.Context, papers PapersChaser) (sent int, err error) {
	type due struct {
		meeting uuid.UUID
		stage   DeadlineStage
	}
	var list []due
	err = s.DB.Read(ctx, chaser, func(tx db.Tx) error {
		days, err := WorkingDays(tx)
		if err != nil || !days.IsWorkingDay(tx.Today()) {
			return err
		}
		meetings, err := meetingsToChase(tx, days.AddWorkingDays(tx.Today(), agendaNotice))
		if err != nil {
			return err
		}
		done, err := stagesDone(tx, meetings)
		for _, m := range meetings {
			for _, stage := range m.StagesOn(tx.Today(), days) {
				if !slices.Contains(done[m.ID], stage) {
					list = append(list, due{m.ID, stage})
				}
			}
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	var failed []error
	for _, d := range list { // one transaction each, so that one bad meeting does not silence the others
		told, err := s.chaseDeadline(ctx, d.meeting, d.stage, papers)
		if err != nil {
			failed = append(failed, fmt.Errorf("panels: chase %s of meeting %s: %w", d.stage.Deadline, d.meeting, err))
		}
		sent += told
	}
	return sent, errors.Join(failed...)
}

// meetingsToChase lists the meetings ahead whose papers are due by a day, and those behind whose
// minutes are not out.
func meetingsToChase(tx db.Tx, by clock.Date) ([]Meeting, error) {
	var meetings []Meeting
	err := tx.Raw(`
		select * from meeting
		where starts_at > @behind and (
			status = 'scheduled' and agenda_version = 0 and starts_at > @now and least(papers_due_on, agenda_out_on) <= @by
			or status in ('in_session', 'adjourned', 'closed') and minutes_sent_at is null and minutes_out_on <= @by)
		order by starts_at, id`, map[string]any{
		"behind": tx.Today().AddDays(-meetingsBehind).Start(), "now": tx.Now, "by": by,
	}).Scan(&meetings).Error
	return meetings, err
}

// stagesDone lists, for each meeting, what was chased of it already.
func stagesDone(tx db.Tx, meetings []Meeting) (map[uuid.UUID][]DeadlineStage, error) {
	ids := []uuid.UUID{}
	for _, m := range meetings {
		ids = append(ids, m.ID)
	}
	var rows []struct {
		MeetingID uuid.UUID
		DeadlineStage
	}
	err := tx.Raw(`select meeting_id, deadline, due_on, stage from deadline_chase where meeting_id in ?`, orNone(ids)).Scan(&rows).Error
	done := map[uuid.UUID][]DeadlineStage{}
	for _, row := range rows {
		done[row.MeetingID] = append(done[row.MeetingID], row.DeadlineStage)
	}
	return done, err
}

// chaseDeadline chases one stage of one deadline, unless it was chased or done meanwhile.
func (s Store) chaseDeadline(ctx context.Context, id uuid.UUID, stage DeadlineStage, papers PapersChaser) (sent int, err error) {
	err = s.DB.Write(ctx, chaser, func(tx db.Tx) error {
		sent = 0
		meeting, err := LockMeeting(tx, id)
		if err != nil {
			return err
		}
		days, err := WorkingDays(tx)
		if err != nil || !slices.Contains(meeting.StagesOn(tx.Today(), days), stage) {
			return err
		}
		notices, err := stageNotices(tx, meeting, stage, papers)
		if err != nil || len(notices) == 0 {
			return err
		}
		claim := tx.Exec(`
			insert into deadline_chase (meeting_id, deadline, due_on, stage, chased_at) values (?, ?, ?, ?, ?)
			on conflict do nothing`, meeting.ID, stage.Deadline, stage.DueOn, stage.Stage, tx.Now)
		if claim.Error != nil || claim.RowsAffected == 0 {
			return claim.Error
		}
		sent = len(notices)
		if err := notify.Send(tx, notices...); err != nil {
			return err
		}
		return record(tx, "meeting.deadline_chased", meeting.ID, meeting.ForumID, nil, stage)
	})
	return sent, err
}

// stageNotices says who is told: the clerk, and once it is late the chair too.
func stageNotices(tx db.Tx, meeting Meeting, stage DeadlineStage, papers PapersChaser) ([]notify.Notice, error) {
	seats, err := SeatsOn(tx, meeting.ForumID, tx.Today())
	if err != nil {
		return nil, err
	}
	people := officers(seats, access.Clerk)
	if stage.Deadline == PapersDue {
		return papers(tx, meeting, stage.Stage, people)
	}
	kinds := map[Deadline]map[Stage]notify.Kind{
		AgendaOut:  {Before: NoticeAgendaSoon, After: NoticeAgendaLate},
		MinutesOut: {Before: NoticeMinutesSoon, After: NoticeMinutesLate},
	}
	if stage.Stage == After {
		people = officers(seats, access.Clerk, access.Chair)
	}
	var notices []notify.Notice
	for _, person := range people {
		notices = append(notices, notify.Notice{Kind: kinds[stage.Deadline][stage.Stage], IDs: notify.IDs{"meeting": meeting.ID}, To: person})
	}
	return notices, nil
}

// officers are who fills some offices today, each once: the holders of their seats, or first deputies
// where nobody holds them; where nobody is chair, whoever deputises for one.
func officers(seats []TableSeat, offices ...access.Office) []uuid.UUID {
	var people []uuid.UUID
	for _, office := range offices {
		found := false
		for _, seat := range seats {
			if seat.Office != office || len(seat.Holders) == 0 {
				continue
			}
			found = true
			if person := seat.Holders[0].PersonID; !slices.Contains(people, person) {
				people = append(people, person)
			}
		}
		if office == access.Chair && !found {
			people = append(people, officers(seats, access.DeputyChair)...)
		}
	}
	return people
}

// writeDeadline writes a reminder while the deadline still stands at that stage.
func writeDeadline(deadline Deadline, stage Stage) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		meeting, err := MeetingByID(tx, n.IDs["meeting"])
		if err != nil {
			return notify.Mail{}, false, unlessGone(err)
		}
		forum, err := ForumByID(tx, meeting.ForumID)
		if err != nil {
			return notify.Mail{}, false, err
		}
		due := meeting.AgendaOutOn
		open := meeting.Status == Scheduled && meeting.AgendaVersion == 0 && meeting.StartsAt.After(tx.Now)
		if deadline == MinutesOut {
			due = meeting.MinutesOutOn
			open = meeting.MinutesSentAt == nil && (meeting.Status == Closed || meeting.Status == InSession || meeting.Status == Adjourned)
		}
		if !open || tx.Today().After(due) != (stage == After) {
			return notify.Mail{}, false, nil
		}
		mail := deadlineMail(deadline, stage, due.LongWithWeekday())
		mail.Subject = fmt.Sprintf("%s: %s, %s.", mail.Subject, forum.Name, meeting.On().LongWithWeekday())
		mail.Facts = []notify.Fact{{Name: "Meeting", Value: forum.Name}, {Name: "When", Value: clock.Moment(meeting.StartsAt)}}
		mail.Link.Path = "/meetings/" + meeting.ID.String() + mail.Link.Path
		mail.Why = fmt.Sprintf("You are clerk or chair of %s.", forum.Name)
		return mail, true, nil
	}
}

func deadlineMail(deadline Deadline, stage Stage, due string) notify.Mail {
	switch {
	case deadline == AgendaOut && stage == Before:
		return notify.Mail{
			Subject: "The agenda is due out",
			Lines:   []string{"The agenda has to be out by " + due + ". It is not published yet."},
			Link:    notify.Link{Text: "Build and publish the agenda", Path: "/agenda/edit"},
		}
	case deadline == AgendaOut:
		return notify.Mail{
			Subject: "The agenda is late",
			Lines:   []string{"The agenda was due out by " + due + ". It is not published yet, so people cannot prepare."},
			Link:    notify.Link{Text: "Build and publish the agenda", Path: "/agenda/edit"},
		}
	case stage == Before:
		return notify.Mail{
			Subject: "The minutes are due out",
			Lines:   []string{"The minutes have to be out by " + due + ". They have not been sent out yet."},
			Link:    notify.Link{Text: "Check and send out the minutes", Path: "/minutes"},
		}
	default:
		return notify.Mail{
			Subject: "The minutes are late",
			Lines:   []string{"The minutes were due out by " + due + ". They have not been sent out yet."},
			Link:    notify.Link{Text: "Check and send out the minutes", Path: "/minutes"},
		}
	}
}
