package tracker

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// How says by which way a young person was heard.
type How string

// The ways of being heard.
const (
	HeardThemselves    How = "themselves"    // they said or wrote it
	HeardCommunication How = "communication" // by signs, pictures, a device or what they do
	HeardAdvocate      How = "advocate"      // an advocate for them
	HeardParent        How = "parent"        // a parent or carer for them
	HeardWorker        How = "worker"        // a worker or school for them
)

// Hows are the ways, nearest to the young person first.
var Hows = []How{HeardThemselves, HeardCommunication, HeardAdvocate, HeardParent, HeardWorker}

// Words is the way as a page says it.
func (h How) Words() string {
	return map[How]string{
		HeardThemselves: "From themselves", HeardCommunication: "In their own way: signs, pictures, a device or what they do",
		HeardAdvocate: "Through an advocate", HeardParent: "Through a parent or carer", HeardWorker: "Through a worker, school or college",
	}[h]
}

// Through reports whether somebody else spoke for them.
func (h How) Through() bool { return h == HeardAdvocate || h == HeardParent || h == HeardWorker }

// Part is how a young person takes part in the meeting about them.
type Part string

// The ways of taking part.
const (
	ChairsIt   Part = "chair"
	ComesToAll Part = "all"
	ComesToFew Part = "some"
	SendsWords Part = "words"
	StaysAway  Part = "none"
	NotAsked   Part = "not_asked"
)

// Parts are the ways, the fullest first.
var Parts = []Part{ChairsIt, ComesToAll, ComesToFew, SendsWords, StaysAway, NotAsked}

// Words is the way as a page says it.
func (p Part) Words() string {
	return map[Part]string{
		ChairsIt: "Will chair the meeting about them", ComesToAll: "Will come to all of it", ComesToFew: "Will come to part of it",
		SendsWords: "Will send their words", StaysAway: "Does not wish to take part", NotAsked: "Has not been asked yet",
	}[p]
}

// Views are what a young person said of their own life when they were heard.
type Views struct {
	ID         uuid.UUID
	CaseID     uuid.UUID
	HeardOn    clock.Date
	How        How
	Who        string // who spoke or wrote for them
	Verbatim   bool   // their own words, and not somebody's summary
	Words      string
	TakesPart  Part
	RecordedBy uuid.UUID
	RecordedAt time.Time

	Recorder string `gorm:"->"` // their name
}

// TableName is case_views.
func (Views) TableName() string { return "case_views" }

// NewViews is what somebody records of them.
type NewViews struct {
	HeardOn   clock.Date
	How       How
	Who       string
	Verbatim  *bool // nil: not chosen
	Words     string
	TakesPart Part
}

// wordsLimit is the most that one record says.
const wordsLimit = 4000

func (v NewViews) check(born, today clock.Date) error {
	var form fault.Form
	checkPast(&form, "heard_on", v.HeardOn, born, today, "Enter the date they were heard")
	form.Require(v.How.Words() != "", "how", "Choose how they were heard")
	form.Require(!v.How.Through() || v.Who != "", "who", "Enter who spoke or wrote for them")
	form.Require(len([]rune(v.Who)) <= 200, "who", "Shorten who it was to 200 characters or fewer")
	form.Require(v.Words != "" || v.TakesPart == StaysAway, "words", "Enter what they said. If they did not wish to say anything, choose that they do not wish to take part")
	form.Require(len([]rune(v.Words)) <= wordsLimit, "words", "Shorten it to 4,000 characters or fewer")
	form.Require(v.Words == "" || v.Verbatim != nil, "verbatim", "Choose whether these are their own words")
	form.Require(v.TakesPart.Words() != "", "takes_part", "Choose how they take part")
	return form.Err()
}

func checkPast(form *fault.Form, field string, on, born, today clock.Date, missing string) {
	switch {
	case on.IsZero():
		form.Require(false, field, missing)
	case on.After(today):
		form.Add(field, "The date must be today or earlier. Today is %s", today.Long())
	case on.Before(born):
		form.Add(field, "The date must be after they were born, on %s", born.Long())
	}
}

// RecordViews keeps what a young person said. Clerks, chairs and whoever works or brings the case record it.
func RecordViews(ctx context.Context, d *db.DB, actor access.Actor, caseID uuid.UUID, said NewViews) error {
	said.Who, said.Words = strings.TrimSpace(said.Who), strings.TrimSpace(said.Words)
	if !said.How.Through() {
		said.Who = ""
	}
	return d.Write(ctx, actor, func(tx db.Tx) error {
		c, err := caseToRecord(tx, caseID)
		if err != nil {
			return err
		}
		if err := said.check(c.DateOfBirth, tx.Today()); err != nil {
			return err
		}
		views := Views{
			ID: newID(), CaseID: c.ID, HeardOn: said.HeardOn, How: said.How, Who: said.Who, Verbatim: said.Verbatim != nil && *said.Verbatim,
			Words: said.Words, TakesPart: said.TakesPart, RecordedBy: actor.PersonID, RecordedAt: tx.Now,
		}
		if err := tx.Create(&views).Error; err != nil {
			return err
		}
		if err := recordOfCase(tx, "case.views_recorded", c.ID, nil, views); err != nil {
			return err
		}
		return AnnounceChanged(tx, CasesChanged{Cases: []uuid.UUID{c.ID}}) // rules ask when they were last heard
	})
}

// StrikeViews takes back views recorded by mistake: of somebody else, or on another date.
func StrikeViews(ctx context.Context, d *db.DB, actor access.Actor, caseID, id uuid.UUID, why string) error {
	return strike(ctx, d, actor, "case_views", "case.views_struck", caseID, id, why)
}

// ViewsOf lists what a young person said, newest first. The caller has checked that the actor may see
// the case.
func ViewsOf(tx db.Tx, caseID uuid.UUID) ([]Views, error) {
	var list []Views
	err := tx.Raw(`
		select v.*, p.name as recorder from case_views v join person p on p.id = v.recorded_by
		where v.case_id = ? and v.struck_at is null order by v.heard_on desc, v.id desc limit 50`, caseID).Scan(&list).Error
	return list, err
}

// LastHeardOn is SQL for the day a young person was last heard: by the tracker's date or by views
// recorded here, whichever is later. ofCase is the alias of a row of cases.
func LastHeardOn(ofCase string) string {
	return `greatest(` + ofCase + `.views_recorded_on, (select max(heard.heard_on) from case_views heard where heard.case_id = coalesce(` + ofCase + `.merged_into, ` + ofCase + `.id) and heard.struck_at is null))`
}

// LastHeard is the same for several young people. Whoever was never heard is not in it.
func LastHeard(tx db.Tx, cases []uuid.UUID) (map[uuid.UUID]clock.Date, error) {
	var rows []struct {
		ID uuid.UUID
		On clock.Date
	}
	err := tx.Raw(`select c.id, `+LastHeardOn("c")+` as "on" from cases c where c.id in ?`, append(cases, uuid.Nil)).Scan(&rows).Error
	heard := make(map[uuid.UUID]clock.Date, len(rows))
	for _, row := range rows {
		if !row.On.IsZero() {
			heard[row.ID] = row.On
		}
	}
	return heard, err
}

// MayRecord reports whether the actor may record of a case they see: clerks, who keep the whole
// tracker; the chair of a forum of its locality, or of one that has published it on an agenda; and
// whoever works the case, brings it or presents it.
func MayRecord(tx db.Tx, caseID uuid.UUID) (bool, error) {
	chairs := []uuid.UUID{uuid.Nil}
	for _, seat := range tx.Actor.Seats {
		switch {
		case seat.Board:
		case seat.Office == access.Clerk:
			return true, nil
		case seat.Office == access.Chair || seat.Office == access.DeputyChair:
			chairs = append(chairs, seat.ForumID)
		}
	}
	var may bool
	err := tx.Raw(`
		select exists (select from forum f join cases c on lower(c.locality) = lower(f.locality) where c.id = @case and f.id in @chairs and f.locality <> '')
			or exists (select from agenda_item i join meeting m on m.id = i.meeting_id
				where i.case_id = @case and i.state = 'listed' and (m.forum_id in @chairs and i.number <> '' or @presents and i.presenter_id = @me))
			or @presents and exists (select from case_link where case_id = @case and person_id = @me)`,
		map[string]any{"case": caseID, "me": tx.Actor.PersonID, "chairs": chairs, "presents": tx.Actor.Presenter}).Scan(&may).Error
	return may, err
}

// caseToRecord is a case the actor sees and may record of.
func caseToRecord(tx db.Tx, caseID uuid.UUID) (Case, error) {
	var c Case
	if err := Visible(tx).Where("cases.id = ?", caseID).Limit(1).Find(&c).Error; err != nil {
		return c, err
	}
	if c.ID == uuid.Nil {
		return c, fault.New(fault.NotFound, "There is no case with this number that you may see.")
	}
	may, err := MayRecord(tx, caseID)
	if err == nil && !may {
		err = fault.New(fault.Denied, "Only a clerk, a chair and those who work or bring this case record this. Ask one of them.")
	}
	return c, err
}

// strike marks one record as made by mistake. It stays, and no page shows it.
func strike(ctx context.Context, d *db.DB, actor access.Actor, table, action string, caseID, id uuid.UUID, why string) error {
	why = strings.TrimSpace(why)
	return d.Write(ctx, actor, func(tx db.Tx) error {
		c, err := caseToRecord(tx, caseID)
		if err != nil {
			return err
		}
		var form fault.Form
		form.Require(why != "", "why", "Enter what was wrong with it")
		form.Require(len([]rune(why)) <= 500, "why", "Shorten it to 500 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		struck := tx.Exec(`update `+table+` set struck_at = ?, struck_by = ?, struck_why = ? where id = ? and case_id = ? and struck_at is null`,
			tx.Now, actor.PersonID, why, id, c.ID)
		if struck.Error != nil || struck.RowsAffected == 0 {
			return struck.Error // somebody else took it back first
		}
		if err := recordOfCase(tx, action, c.ID, map[string]string{"record": id.String()}, map[string]string{"why": why}); err != nil {
			return err
		}
		return AnnounceChanged(tx, CasesChanged{Cases: []uuid.UUID{c.ID}})
	})
}

func recordOfCase(tx db.Tx, action string, caseID uuid.UUID, before, after any) error {
	return audit.Record(tx, audit.Entry{Action: action, ObjectKind: "case", ObjectID: caseID.String(), Before: before, After: after})
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
