package tracker

import (
	"context"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// LinkKind says why a person sees a case beyond any seat.
type LinkKind string

// The kinds of link.
const (
	Worker   LinkKind = "worker"   // works the case
	Referrer LinkKind = "referrer" // brings it
)

// A LinkedPerson works or brings a case.
type LinkedPerson struct {
	PersonID uuid.UUID
	Name     string
	JobTitle string
	Kind     LinkKind
}

// LinkPerson lets a person see and bring a case. Clerks do this. Linking twice changes nothing.
func LinkPerson(ctx context.Context, d *db.DB, actor access.Actor, caseID, personID uuid.UUID, kind LinkKind) error {
	return changeLink(ctx, d, actor, "case.linked", caseID, personID, kind, `
		insert into case_link (case_id, person_id, kind)
		select c.id, p.id, @kind from cases c, person p where c.id = @case and p.id = @person and p.ended_on is null
		on conflict do nothing`)
}

// UnlinkPerson ends that. Unlinking twice changes nothing.
func UnlinkPerson(ctx context.Context, d *db.DB, actor access.Actor, caseID, personID uuid.UUID, kind LinkKind) error {
	return changeLink(ctx, d, actor, "case.unlinked", caseID, personID, kind,
		`delete from case_link where case_id = @case and person_id = @person and kind = @kind`)
}

func changeLink(ctx context.Context, d *db.DB, actor access.Actor, action string, caseID, personID uuid.UUID, kind LinkKind, statement string) error {
	if err := mayImport(actor); err != nil {
		return err
	}
	if kind != Worker && kind != Referrer {
		return fault.New(fault.Invalid, "Choose whether the person works the case or brings it.")
	}
	return d.Write(ctx, actor, func(tx db.Tx) error {
		done := tx.Exec(statement, map[string]any{"case": caseID, "person": personID, "kind": kind})
		if done.Error != nil || done.RowsAffected == 0 {
			return done.Error
		}
		return audit.Record(tx, audit.Entry{Action: action, ObjectKind: "case", ObjectID: caseID.String(), After: map[string]string{"person": personID.String(), "kind": string(kind)}})
	})
}

// LinkedPeople lists who works or brings a case. The caller has checked that the actor may see it.
func LinkedPeople(tx db.Tx, caseID uuid.UUID) ([]LinkedPerson, error) {
	var people []LinkedPerson
	err := tx.Raw(`
		select p.id as person_id, p.name, p.job_title, l.kind
		from case_link l join person p on p.id = l.person_id
		where l.case_id = ? order by p.name, l.kind`, caseID).Scan(&people).Error
	return people, err
}

// Presenters lists the people who may be linked to a case.
func Presenters(tx db.Tx) ([]LinkedPerson, error) {
	if err := mayImport(tx.Actor); err != nil {
		return nil, err
	}
	var people []LinkedPerson
	err := tx.Raw(`select id as person_id, name, job_title from person where presenter and ended_on is null order by name`).Scan(&people).Error
	return people, err
}

// BringCase lets a presenter see the case of what has passed to them, in the transaction that passes it on.
func BringCase(tx db.Tx, caseID, personID uuid.UUID) error {
	done := tx.Exec(`insert into case_link (case_id, person_id, kind) values (?, ?, ?) on conflict do nothing`, caseID, personID, Referrer)
	if done.Error != nil || done.RowsAffected == 0 {
		return done.Error
	}
	return audit.Record(tx, audit.Entry{Action: "case.linked", ObjectKind: "case", ObjectID: caseID.String(), After: map[string]string{"person": personID.String(), "kind": string(Referrer)}})
}
