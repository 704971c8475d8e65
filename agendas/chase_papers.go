package agendas

import (
	"fmt"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// The kinds of notice about a meeting's papers.
const (
	NoticePapersSoon notify.Kind = "papers_soon" // to whoever has a request for the forum that is not submitted
	NoticePapersLate notify.Kind = "papers_late" // to the clerk, once papers were due
)

// PapersToChase says whom to tell about a meeting's papers: before they are due, whoever is still
// writing a request for the forum or has had one returned; afterwards the clerk, who can build the
// agenda from what has come.
func PapersToChase(tx db.Tx, meeting panels.Meeting, stage panels.Stage, clerks []uuid.UUID) ([]notify.Notice, error) {
	kind, people := NoticePapersLate, clerks
	if stage == panels.Before {
		kind, people = NoticePapersSoon, nil
		err := tx.Raw(`
			select distinct submitted_by from funding_request
			where forum_id = ? and state in ('draft', 'returned') order by submitted_by`, meeting.ForumID).Scan(&people).Error
		if err != nil {
			return nil, err
		}
	}
	var notices []notify.Notice
	for _, person := range people {
		notices = append(notices, notify.Notice{Kind: kind, IDs: notify.IDs{"meeting": meeting.ID}, To: person})
	}
	return notices, nil
}

// papersOf reads the meeting a notice about papers is for; wanted is false once its agenda is out or
// the meeting no longer takes papers.
func papersOf(tx db.Tx, n notify.Notice) (meeting panels.Meeting, forum panels.Forum, wanted bool, err error) {
	if meeting, err = panels.MeetingByID(tx, n.IDs["meeting"]); fault.Is(err, fault.NotFound) {
		return meeting, forum, false, nil
	} else if err != nil {
		return meeting, forum, false, err
	}
	forum, err = panels.ForumByID(tx, meeting.ForumID)
	return meeting, forum, meeting.Status == panels.Scheduled && meeting.AgendaVersion == 0 && meeting.StartsAt.After(tx.Now), err
}

// writePapersSoon says nothing to whoever has submitted everything meanwhile, nor once it is too late.
func writePapersSoon(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	meeting, forum, wanted, err := papersOf(tx, n)
	if err != nil || !wanted || tx.Today().After(meeting.PapersDueOn) {
		return notify.Mail{}, false, err
	}
	var unfinished int
	err = tx.Raw(`select count(*) from funding_request where forum_id = ? and submitted_by = ? and state in ('draft', 'returned')`,
		meeting.ForumID, n.To).Scan(&unfinished).Error
	which := "A funding request of yours is not submitted yet. Submit it by then, or it has to wait for a later meeting."
	if unfinished > 1 {
		which = fmt.Sprintf("%d funding requests of yours are not submitted yet. Submit them by then, or they have to wait for a later meeting.", unfinished)
	}
	return notify.Mail{
		Subject: fmt.Sprintf("Papers are due %s: %s.", meeting.PapersDueOn.LongWithWeekday(), forum.Name),
		Lines: []string{
			fmt.Sprintf("Papers for the meeting of %s on %s are due by %s.", forum.Name, clock.Moment(meeting.StartsAt), meeting.PapersDueOn.LongWithWeekday()),
			which,
		},
		Link: notify.Link{Text: "See your requests", Path: "/requests"},
		Why:  fmt.Sprintf("You have a request for %s that is a draft or was returned to you.", forum.Name),
	}, unfinished > 0, err
}

// writePapersLate says nothing once the agenda is out.
func writePapersLate(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	meeting, forum, wanted, err := papersOf(tx, n)
	if err != nil || !wanted || !tx.Today().After(meeting.PapersDueOn) {
		return notify.Mail{}, false, err
	}
	return notify.Mail{
		Subject: fmt.Sprintf("Papers were due: %s, %s.", forum.Name, meeting.On().LongWithWeekday()),
		Lines: []string{
			fmt.Sprintf("Papers for the meeting of %s on %s were due by %s.", forum.Name, clock.Moment(meeting.StartsAt), meeting.PapersDueOn.LongWithWeekday()),
			fmt.Sprintf("Build the agenda from what has come. It has to be out by %s.", meeting.AgendaOutOn.LongWithWeekday()),
		},
		Link: notify.Link{Text: "Build the agenda", Path: "/meetings/" + meeting.ID.String() + "/agenda/edit"},
		Why:  fmt.Sprintf("You are the clerk of %s.", forum.Name),
	}, true, nil
}
