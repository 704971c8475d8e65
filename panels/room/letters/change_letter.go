package letters

import (
	"context"
	"slices"
	"strings"

	"github.com/google/uuid"

	"quorate/notify"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// lock finds a letter the actor may work on, as they read it, and keeps every other change waiting.
func lock(tx db.Tx, id uuid.UUID, version int) (l Letter, err error) {
	if err := tx.Raw(`select * from letter where id = ? for update`, id).Take(&l).Error; err != nil {
		return l, orNotFound(err, "There is no such letter.")
	}
	if _, err := mayWrite(tx, l.DecisionID); err != nil {
		return l, err
	}
	if l.Version != version {
		return l, fault.New(fault.Stale, "Somebody changed this letter while you had it open. What you typed is still here: read the letter as it is now, then send yours again.")
	}
	if !l.Open() {
		return l, fault.New(fault.Conflict, "This letter is %s and stays as it is.", strings.ToLower(l.State.Words()))
	}
	return l, nil
}

// save writes what changed of a locked letter, and the audit row.
func (l Letter) save(tx db.Tx, action string, change func(*Letter), columns ...string) error {
	after := l
	change(&after)
	after.Version++
	done := tx.Model(&Letter{}).Where("id = ? and version = ?", l.ID, l.Version).Select(append(columns, "version")).Updates(after)
	if err := db.RequireOne(done); err != nil {
		return err
	}
	return record(tx, action, l.ID, l.ForumID, l, after)
}

// latest is a letter's wording as it stands.
func latest(tx db.Tx, id uuid.UUID) (r Revision, err error) {
	err = tx.Raw(`select r.*, coalesce(p.name, '') as by from letter_revision r left join person p on p.id = r.author where r.letter_id = ? order by r.number desc limit 1`, id).Take(&r).Error
	return r, err
}

// reword adds a wording. Every earlier one is kept.
func (l Letter) reword(tx db.Tx, subject, body string, author *uuid.UUID) error {
	before, err := latest(tx, l.ID)
	if err != nil {
		return err
	}
	if before.Subject == subject && before.Body == body {
		return nil
	}
	return tx.Create(&Revision{LetterID: l.ID, Number: before.Number + 1, Subject: subject, Body: body, Author: author, At: tx.Now}).Error
}

// Wording is a letter as somebody edits it.
type Wording struct {
	Recipient string
	CareOf    string // who is handed it, for a young person under 16
	Subject   string
	Body      string
}

func (w Wording) check() error {
	var form fault.Form
	form.Require(w.Recipient != "", "recipient", "Enter who the letter is written to")
	form.Require(len([]rune(w.Recipient)) <= 200, "recipient", "Shorten who it is written to to 200 characters or fewer")
	form.Require(len([]rune(w.CareOf)) <= 200, "care_of", "Shorten who is handed it to 200 characters or fewer")
	form.Require(w.Subject != "", "subject", "Enter what the letter is about")
	form.Require(len([]rune(w.Subject)) <= subjectLimit, "subject", "Shorten what it is about to 200 characters or fewer")
	form.Require(w.Body != "", "body", "Enter the letter")
	form.Require(len([]rune(w.Body)) <= bodyLimit, "body", "Shorten the letter to 12,000 characters or fewer")
	return form.Err()
}

// EditLetter words a draft anew.
func (s Store) EditLetter(ctx context.Context, actor access.Actor, id uuid.UUID, version int, w Wording) error {
	w = Wording{Recipient: oneLine(w.Recipient), CareOf: oneLine(w.CareOf), Subject: oneLine(w.Subject), Body: normalLines(w.Body)}
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		l, err := lock(tx, id, version)
		if err != nil {
			return err
		}
		if l.State != Draft {
			return fault.New(fault.Conflict, "This letter is approved. Take the approval back before you change its words.")
		}
		if err := w.check(); err != nil {
			return err
		}
		if err := l.reword(tx, w.Subject, w.Body, &actor.PersonID); err != nil {
			return err
		}
		return l.save(tx, "letter.edited", func(l *Letter) { l.Recipient, l.CareOf = w.Recipient, w.CareOf }, "recipient", "care_of")
	})
}

func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// DraftAgain writes a draft anew from the template in force, in the form now wished for. What was written
// before is kept among the revisions.
func (s Store) DraftAgain(ctx context.Context, actor access.Actor, id uuid.UUID, version int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		l, err := lock(tx, id, version)
		if err != nil {
			return err
		}
		if l.State != Draft {
			return fault.New(fault.Conflict, "This letter is approved. Take the approval back before you draft it again.")
		}
		f, found, err := readFacts(tx, l.DecisionID)
		if err != nil {
			return err
		}
		if !found {
			return noLongerBinds()
		}
		after := l
		subject, body, err := f.write(tx, &after)
		if err != nil {
			return err
		}
		if l.CorrectsID != nil {
			if body, err = openCorrected(tx, l, body); err != nil {
				return err
			}
		}
		if err := l.reword(tx, subject, body, nil); err != nil {
			return err
		}
		return l.save(tx, "letter.drafted_again", func(l *Letter) {
			l.Format, l.Language, l.Held, l.Template, l.TemplateNumber = after.Format, after.Language, after.Held, after.Template, after.TemplateNumber
		}, "format", "language", "held", "template", "template_number")
	})
}

func noLongerBinds() error {
	return fault.New(fault.Conflict, "This decision binds nobody, so no letter about it goes out.")
}

// ApproveLetter lets a letter be sent: by the clerk or the chair, or by the chair alone, as the terms of
// reference say. Whoever it is for and can sign in hears that one is ready.
func (s Store) ApproveLetter(ctx context.Context, actor access.Actor, id uuid.UUID, version int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		l, err := lock(tx, id, version)
		if err != nil {
			return err
		}
		f, found, err := readFacts(tx, l.DecisionID)
		switch {
		case err != nil:
			return err
		case !found:
			return noLongerBinds()
		case l.State != Draft:
			return fault.New(fault.Conflict, "This letter is approved already.")
		}
		may, err := mayApprove(tx, l.ForumID)
		if err != nil {
			return err
		}
		if !may {
			return fault.New(fault.Denied, "Letters of this forum are approved by its chair.")
		}
		if l.Audience == ToYoungPerson && !f.about().Own(tx.Today()) && l.CareOf == "" {
			var form fault.Form
			form.Add("care_of", "%s is under 16. Enter who with parental responsibility is handed the letter for them", f.Forename)
			return form.Err()
		}
		now, err := latest(tx, id)
		if err != nil {
			return err
		}
		if rest := braced.FindString(now.Subject + "\n" + now.Body); rest != "" {
			var form fault.Form
			form.Add("body", "%s is still in the letter. Put in what it stands for, or take it out", rest)
			return form.Err()
		}
		if err := l.save(tx, "letter.approved", func(l *Letter) {
			l.State, l.ApprovedBy, l.ApprovedAt, l.Held = Approved, &actor.PersonID, &tx.Now, f.about().Holds()
		}, "state", "approved_by", "approved_at", "held"); err != nil {
			return err
		}
		return tellReady(tx, l)
	})
}

// mayApprove asks the terms of reference who approves a forum's letters today.
func mayApprove(tx db.Tx, forumID uuid.UUID) (bool, error) {
	terms, err := panels.TermsInForce(tx, forumID, tx.Today())
	if terms.LetterApproval == panels.ChairApproves {
		return tx.Actor.May(access.RunMeeting, forumID), err
	}
	return tx.Actor.May(access.WriteLetters, forumID), err
}

// TakeBackApproval makes an approved letter a draft again, to be mended.
func (s Store) TakeBackApproval(ctx context.Context, actor access.Actor, id uuid.UUID, version int) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		l, err := lock(tx, id, version)
		if err != nil {
			return err
		}
		if l.State != Approved {
			return fault.New(fault.Conflict, "This letter is not approved.")
		}
		return l.save(tx, "letter.approval_taken_back", func(l *Letter) { l.State, l.ApprovedBy, l.ApprovedAt = Draft, nil, nil }, "state", "approved_by", "approved_at")
	})
}

// ReleaseLetter decides that a held letter goes to its reader after all, with the reason; all says whether
// that is decided of every letter of the decision that is still held.
func (s Store) ReleaseLetter(ctx context.Context, actor access.Actor, id uuid.UUID, version int, reason string, all bool) error {
	reason = strings.TrimSpace(reason)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		l, err := lock(tx, id, version)
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require(reason != "", "reason", "Enter why the letter goes to them all the same")
		form.Require(len([]rune(reason)) <= 1000, "reason", "Shorten the reason to 1,000 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		f, found, err := readFacts(tx, l.DecisionID)
		if err != nil {
			return err
		}
		if !found {
			return noLongerBinds()
		}
		holds := f.about().Holds()
		release := []Letter{l}
		if all {
			if err := tx.Raw(`select * from letter where decision_id = ? and id <> ? and state in ('draft', 'approved') order by id for update`, l.DecisionID, l.ID).Scan(&release).Error; err != nil {
				return err
			}
			release = append([]Letter{l}, release...)
		}
		for _, held := range release {
			err := held.save(tx, "letter.released", func(l *Letter) {
				l.Held, l.ReleasedBy, l.ReleasedAt, l.ReleasedReason = holds, &actor.PersonID, &tx.Now, reason
			}, "held", "released_by", "released_at", "released_reason")
			if err != nil {
				return err
			}
			if held.State == Approved {
				if err := tellReady(tx, held); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// StillHeld lists why a letter goes to nobody now: what holds it and has not been decided about.
func (l Letter) StillHeld(now []Hold) []Hold {
	if len(now) == 0 || l.ReleasedAt != nil && !newHolds(now, l.Held) {
		return nil
	}
	return now
}

// Sending is how a letter went.
type Sending struct {
	On   clock.Date
	How  SentHow
	Note string // to which address it was not, say, or who was there
}

// MarkSent records that an approved letter went out, how and when. Only then is what it is owed done.
func (s Store) MarkSent(ctx context.Context, actor access.Actor, id uuid.UUID, version int, sending Sending) error {
	sending.Note = strings.TrimSpace(sending.Note)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		l, err := lock(tx, id, version)
		if err != nil {
			return err
		}
		f, found, err := readFacts(tx, l.DecisionID)
		if err != nil {
			return err
		}
		holds := f.about().Holds()
		switch {
		case !found:
			return noLongerBinds()
		case l.State != Approved:
			return fault.New(fault.Conflict, "Approve the letter before it goes out.")
		case len(l.StillHeld(holds)) > 0:
			return fault.New(fault.Conflict, "This letter is held. %s Decide first whether it goes to them all the same.", holdWords(l.StillHeld(holds)))
		}
		var form fault.Form
		approved := clock.DateOf(*l.ApprovedAt)
		form.Require(slices.Contains(SentHows, sending.How), "how", "Choose how it went")
		switch {
		case sending.On.IsZero():
			form.Add("on", "Enter the day it went")
		case sending.On.After(tx.Today()):
			form.Add("on", "The day it went must be today or earlier. Today is %s", tx.Today().Long())
		case sending.On.Before(approved):
			form.Add("on", "It was approved on %s. Enter that day or a later one", approved.Long())
		}
		form.Require(len([]rune(sending.Note)) <= 1000, "note", "Shorten the note to 1,000 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		return l.save(tx, "letter.sent", func(l *Letter) {
			l.State, l.SentOn, l.SentHow, l.SentNote, l.SentBy, l.SettledAt = Sent, sending.On, sending.How, sending.Note, &actor.PersonID, &tx.Now
		}, "state", "sent_on", "sent_how", "sent_note", "sent_by", "settled_at")
	})
}

func holdWords(holds []Hold) string {
	var words []string
	for _, h := range holds {
		words = append(words, h.Words())
	}
	return strings.Join(words, " ")
}

// SetLetterAside decides that a letter will not be sent, and why.
func (s Store) SetLetterAside(ctx context.Context, actor access.Actor, id uuid.UUID, version int, reason string) error {
	reason = strings.TrimSpace(reason)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		l, err := lock(tx, id, version)
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require(reason != "", "aside", "Enter why the letter will not be sent")
		form.Require(len([]rune(reason)) <= 1000, "aside", "Shorten the reason to 1,000 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		return l.save(tx, "letter.set_aside", func(l *Letter) {
			l.State, l.SetAsideReason, l.SettledAt, l.ApprovedBy, l.ApprovedAt = SetAside, reason, &tx.Now, nil, nil
		}, "state", "set_aside_reason", "settled_at", "approved_by", "approved_at")
	})
}

// tellReady tells those who may sign in to read it that a letter is ready; of a held one nobody hears.
func tellReady(tx db.Tx, l Letter) error {
	var people []uuid.UUID
	switch {
	case l.AgencyID != nil:
		err := tx.Raw(`
			select distinct h.person_id from seat s join seat_holding h on h.seat_id = s.id
			where s.forum_id = @forum and s.agency_id = @agency and s.office = 'member' and s.standing = 'deciding' and h.deputy_order = 0
				and h.from_date <= @today and (h.to_date is null or h.to_date >= @today)
				and not exists (select from decision d join left_item n on n.item_id = d.item_id where d.id = @decision and n.person_id = h.person_id)`,
			map[string]any{"forum": l.ForumID, "agency": *l.AgencyID, "today": tx.Today(), "decision": l.DecisionID}).Scan(&people).Error
		if err != nil {
			return err
		}
	case l.PersonID != nil:
		people = append(people, *l.PersonID)
	}
	for _, person := range people {
		if err := notify.Send(tx, notify.Notice{Kind: NoticeReady, IDs: notify.IDs{"letter": l.ID}, To: person}); err != nil {
			return err
		}
	}
	return nil
}
