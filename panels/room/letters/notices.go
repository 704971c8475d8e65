package letters

import (
	"errors"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// The kinds of notice about letters and authorisations. None holds anything about a case: a meeting, an item's
// number and a day at most.
const (
	NoticeReady      notify.Kind = "letter_ready"         // to a funder's member or the referrer
	NoticeAuthorised notify.Kind = "authorisation_issued" // to a funder's members
	NoticeSoon       notify.Kind = "letters_soon"         // to the clerk, before letters are due out
	NoticeLate       notify.Kind = "letters_late"         // to the clerk and the chair, once they are late
)

// RegisterNotices tells the post who writes them.
func RegisterNotices(post *notify.Store) {
	post.Register(NoticeReady, notify.Nature{Group: notify.Letters, Words: "A letter about an item is ready", Fixed: "You are owed it in writing."}, writeReady)
	post.Register(NoticeAuthorised, notify.Nature{Group: notify.Letters, Words: "A funding authorisation is ready", Fixed: "Your agency pays under it."}, writeAuthorised)
	post.Register(NoticeSoon, notify.Nature{Group: notify.Letters, Words: "Letters are due out that you send"}, writeDue(false))
	post.Register(NoticeLate, notify.Nature{Group: notify.Letters, Words: "Letters are late at a forum you run", Fixed: "People are owed them in writing, and the day for them has passed."}, writeDue(true))
}

// writeReady says nothing of a letter that is approved no more, or is held.
func writeReady(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var l Letter
	if err := tx.Raw(`select * from letter where id = ?`, n.IDs["letter"]).Take(&l).Error; err != nil {
		return notify.Mail{}, false, unlessGone(err)
	}
	f, found, err := readFacts(tx, l.DecisionID)
	if err != nil || !found || l.State != Approved && l.State != Sent || len(l.StillHeld(f.about().Holds())) > 0 {
		return notify.Mail{}, false, err
	}
	mail := notify.Mail{
		Subject: fmt.Sprintf("A letter is ready: %s, item %s.", f.Forum, f.ItemNumber),
		Lines:   []string{fmt.Sprintf("The letter about item %s of %s, %s, is ready.", f.ItemNumber, f.Forum, clock.DateOf(f.MeetingAt).LongWithWeekday())},
		Link:    notify.Link{Text: "Read the letter", Path: "/letters/" + l.ID.String()},
		Why:     "It is written to your agency, which you speak for at " + f.Forum + ".",
	}
	if l.AgencyID == nil {
		mail.Lines = append(mail.Lines, "The clerk of the forum gives it to you. It is never sent by email.")
		mail.Link = notify.Link{Text: "Read the decision", Path: "/decisions/" + l.DecisionID.String()}
		mail.Why = "You brought this item to the panel."
	}
	return mail, true, nil
}

func writeAuthorised(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var a struct {
		Forum      string
		ItemNumber string
		MeetingAt  clock.Date
		Number     int64
		Issued     bool
	}
	err := tx.Raw(`
		select f.name as forum, i.number as item_number, (m.starts_at at time zone 'Europe/London')::date as meeting_at, a.number, a.issued_at is not null as issued
		from funding_authorisation a join decision d on d.id = a.decision_id join forum f on f.id = d.forum_id join meeting m on m.id = d.meeting_id
		join agenda_item i on i.id = d.item_id where a.id = ?`, n.IDs["authorisation"]).Take(&a).Error
	if err != nil {
		return notify.Mail{}, false, unlessGone(err)
	}
	return notify.Mail{
		Subject: fmt.Sprintf("A funding authorisation is ready: %s, item %s.", a.Forum, a.ItemNumber),
		Lines:   []string{fmt.Sprintf("Authorisation %s, from item %s of %s, %s, is ready for your agency’s finance team.", AuthorisationReference(a.Number), a.ItemNumber, a.Forum, a.MeetingAt.LongWithWeekday())},
		Link:    notify.Link{Text: "Read the authorisation", Path: "/authorisations/" + n.IDs["authorisation"].String()},
		Why:     "You speak for the agency that pays, at " + a.Forum + ".",
	}, a.Issued, nil
}

// writeDue counts afresh what of a forum's letters is due or late, and says nothing when none is.
func writeDue(late bool) notify.Compose {
	return func(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
		forum, err := panels.ForumByID(tx, n.IDs["forum"])
		if err != nil {
			return notify.Mail{}, false, err
		}
		days, err := panels.WorkingDays(tx)
		if err != nil {
			return notify.Mail{}, false, err
		}
		var count int
		err = tx.Raw(`select count(*) from letter where forum_id = @forum and state in ('draft', 'approved') and case when @late then due_on < @today else due_on between @today and @soon end`,
			map[string]any{"forum": forum.ID, "late": late, "today": tx.Today(), "soon": days.AddWorkingDays(tx.Today(), noticeDays)}).Scan(&count).Error
		if err != nil || count == 0 {
			return notify.Mail{}, false, err
		}
		mail := notify.Mail{
			Subject: fmt.Sprintf("Letters are due out: %s.", forum.Name),
			Lines:   []string{fmt.Sprintf("%s due out at %s by the next working day and not marked as sent.", counted(count), forum.Name)},
			Link:    notify.Link{Text: "See the letters", Path: ListHref(forum.Slug)},
			Why:     fmt.Sprintf("You are clerk of %s.", forum.Name),
		}
		if late {
			mail.Subject = fmt.Sprintf("Letters are late: %s.", forum.Name)
			mail.Lines = []string{fmt.Sprintf("%s late at %s: people have not been told in writing what was decided.", counted(count), forum.Name)}
			mail.Why = fmt.Sprintf("You are clerk or chair of %s.", forum.Name)
		}
		return mail, true, nil
	}
}

func counted(n int) string {
	if n == 1 {
		return "1 letter is"
	}
	return fmt.Sprintf("%d letters are", n)
}

// ListHref is the list of a forum's letters.
func ListHref(slug string) string { return "/letters?forum=" + slug }

func unlessGone(err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil
	}
	return err
}

// officers are the people who hold a forum's offices today, deputies of the seat left out.
func officers(tx db.Tx, forumID uuid.UUID, offices ...string) (people []uuid.UUID, err error) {
	err = tx.Raw(`
		select distinct h.person_id from seat s join seat_holding h on h.seat_id = s.id
		where s.forum_id = @forum and s.office in @offices and h.deputy_order = 0 and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)`,
		map[string]any{"forum": forumID, "offices": offices, "today": tx.Today()}).Scan(&people).Error
	return people, err
}
