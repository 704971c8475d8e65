package notify

import (
	"errors"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/db"
)

// While the mail server cannot be reached, or does not let us in, nothing is wrong with any message: all of
// them wait, none has used up one of its tries, and one of them asks the server again, later and later. So a
// long weekend without a mail server loses nothing, and when it is back everything goes.
const (
	firstAsk = time.Minute
	lastAsk  = 5 * time.Minute
	tellFrom = 15 * time.Minute // trouble that may end by itself is told then
)

// NoticeTrouble tells administrators that mail stands still.
const NoticeTrouble Kind = "mail_trouble"

// MailGoesAgain is the job that sends what has waited for the mail server, or for mail to be let go.
type MailGoesAgain struct{}

// Kind names the job.
func (MailGoesAgain) Kind() string { return "notify.goes_again" }

// Trouble is what keeps all mail from going out.
type Trouble struct {
	Failure FailureKind
	Answer  string // what the mail server said
	Since   time.Time
	AgainAt time.Time
}

// standsStill reports whether nothing may be sent now: mail is held, or the mail server is in trouble and is
// not to be asked yet. When it is to be asked, one caller is let through to do so.
func standsStill(tx db.Tx) (still bool, err error) {
	err = tx.Raw(`
		with asking as (
			update mail_trouble set again_at = @next where again_at <= @now returning 1)
		select exists (select from mail_hold where lifted_at is null)
		    or exists (select from mail_trouble) and not exists (select from asking)`,
		map[string]any{"now": tx.Now, "next": tx.Now.Add(firstAsk)}).Row().Scan(&still)
	return still, err
}

// noteTrouble keeps that the mail server could not be used, and tells administrators: at once what does not
// end by itself, the rest when it has lasted.
func noteTrouble(tx db.Tx, failure *Failure) error {
	var held struct {
		Since  time.Time
		Tries  int
		ToldAt *time.Time
	}
	err := tx.Raw(`
		insert into mail_trouble (failure, answer, since, tries, again_at) values (@failure, @answer, @now, 1, @now)
		on conflict (id) do update set failure = @failure, answer = @answer, tries = mail_trouble.tries + 1
		returning since, tries, told_at`, map[string]any{"failure": failure.Kind, "answer": reason(failure), "now": tx.Now}).Scan(&held).Error
	if err != nil {
		return err
	}
	wait := failure.Wait
	if wait == 0 {
		wait = min(lastAsk, firstAsk<<min(held.Tries-1, 8))
	}
	if err := tx.Exec(`update mail_trouble set again_at = ?`, tx.Now.Add(wait)).Error; err != nil {
		return err
	}
	if held.ToldAt != nil || !failureRules[failure.Kind].atOnce && tx.Now.Sub(held.Since) < tellFrom {
		return nil
	}
	if err := tx.Exec(`update mail_trouble set told_at = ?`, tx.Now).Error; err != nil {
		return err
	}
	return tellAdministrators(tx, NoticeTrouble)
}

// endTrouble is called when the mail server has answered for a message, whatever it said.
func endTrouble(tx db.Tx) error {
	ended := tx.Exec(`delete from mail_trouble`)
	if ended.Error != nil || ended.RowsAffected == 0 {
		return ended.Error
	}
	return tx.Enqueue(db.Job{Args: MailGoesAgain{}})
}

func tellAdministrators(tx db.Tx, kind Kind) error {
	var people []uuid.UUID
	if err := tx.Raw(`select id from person where administrator and (ended_on is null or ended_on > ?) order by id`, tx.Today()).Scan(&people).Error; err != nil {
		return err
	}
	notices := make([]Notice, len(people))
	for i, person := range people {
		notices[i] = Notice{Kind: kind, To: person}
	}
	return Send(tx, notices...)
}

// TroubleNow is what keeps all mail from going out, nil when nothing does.
func TroubleNow(tx db.Tx) (*Trouble, error) {
	var t Trouble
	err := tx.Raw(`select failure, answer, since, again_at from mail_trouble`).Take(&t).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &t, nil
}
