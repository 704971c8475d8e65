package requests

import (
	"github.com/google/uuid"

	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// FormPage is a request as its presenter writes it.
type FormPage struct {
	Written                     // zero for a new one
	Offered  []tracker.Case     // the cases linked to the presenter
	Panels   []panels.Forum     // whom they may ask
	Progress map[Section]Status // how far each section is
	LateFor  *panels.Meeting    // the next meeting, when its papers were due already
	After    *panels.Meeting    // the one after it
}

// Ready reports whether nothing is missing any more.
func (p FormPage) Ready() bool {
	for _, status := range p.Progress {
		if status != Complete {
			return false
		}
	}
	return true
}

// ShowNew is what the form of a new request offers.
func ShowNew(tx db.Tx) (page FormPage, err error) {
	if err := tx.Actor.Check(access.MakeRequest, uuid.Nil); err != nil {
		return page, err
	}
	return page, page.offer(tx)
}

// ShowForm is a request that is with the actor to write.
func ShowForm(tx db.Tx, id uuid.UUID) (page FormPage, err error) {
	if page, err = ShowNew(tx); err != nil {
		return page, err
	}
	r, err := ByID(tx, id)
	if err != nil {
		return page, err
	}
	if err := mayWrite(tx, r); err != nil {
		return page, err
	}
	if page.Written, err = write(tx, r); err != nil {
		return page, err
	}
	page.Progress = map[Section]Status{}
	for _, section := range r.Kind.Sections() {
		page.Progress[section] = page.Status(section)
	}
	page.LateFor, page.After, err = LateFor(tx, r.ForumID)
	return page, err
}

// offer reads the panels, and the cases linked to the presenter.
func (p *FormPage) offer(tx db.Tx) (err error) {
	if p.Panels, err = Panels(tx); err != nil {
		return err
	}
	return tx.Raw(`
		select * from cases c where c.id in (select case_id from case_link where person_id = @me) and not exists (`+tracker.InterestIn("@me", "c.id")+`)
		order by lower(surname), lower(forename) limit 200`, map[string]any{"me": tx.Actor.PersonID}).Scan(&p.Offered).Error
}
