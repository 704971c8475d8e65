package auth

import (
	"context"
	"errors"
	"net/mail"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewPerson is what an administrator enters to give somebody an account.
type NewPerson struct {
	Name, Email, JobTitle, AgencyID string
	Password                        string
	Administrator                   bool
	Auditor                         bool
	Presenter                       bool
}

// PersonRow is a line of the list of people.
type PersonRow struct {
	panels.Person
	AgencyName string
	Seats      string // "MAPaC (chair), Board (member)"
	MailFails  bool   // mail to their address comes back
}

// CreatePerson adds a person with an account. Only an administrator may, or the command that makes
// the first one.
func (s *Store) CreatePerson(ctx context.Context, actor access.Actor, n NewPerson) (uuid.UUID, error) {
	if actor.System != "admin" {
		if err := actor.Check(access.ManagePeople, uuid.Nil); err != nil {
			return uuid.Nil, err
		}
	}
	person := panels.Person{
		ID: uuid.Must(uuid.NewV7()), Name: strings.TrimSpace(n.Name), Email: strings.ToLower(strings.TrimSpace(n.Email)), JobTitle: n.JobTitle,
		Administrator: n.Administrator, Auditor: n.Auditor, Presenter: n.Presenter, Version: 1,
	}
	var form fault.Form
	form.Require(person.Name != "", "name", "Enter the person’s full name")
	if parsed, err := mail.ParseAddress(person.Email); err != nil || parsed.Address != person.Email {
		form.Add("email", "Enter an email address in the correct format, like name@example.org")
	}
	if n.AgencyID != "" {
		agency, err := uuid.Parse(n.AgencyID)
		form.Require(err == nil, "agency", "Choose an agency from the list")
		person.AgencyID = &agency
	}
	hash, err := HashPassword(n.Password)
	if f := fault.As(err); f != nil {
		form.Add("password", "%s", f.Sentence)
	} else if err != nil {
		return uuid.Nil, err
	}
	if err := form.Err(); err != nil {
		return uuid.Nil, err
	}
	person.PasswordHash = hash

	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		person.CreatedAt = tx.Now
		if err := tx.Create(&person).Error; err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{Action: "person.added", ObjectKind: "person", ObjectID: person.ID.String(), After: map[string]any{
			"name": person.Name, "email": person.Email, "administrator": n.Administrator, "auditor": n.Auditor, "presenter": n.Presenter,
		}})
	})
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return uuid.Nil, &fault.Fault{Kind: fault.Invalid, Sentence: "Somebody already has that email address.", Fields: []fault.Field{
			{Name: "email", Sentence: "Somebody already has that email address. Enter another, or find them in the list of people."},
		}}
	}
	return person.ID, err
}

// People lists everybody with an account, by name.
func (s *Store) People(ctx context.Context, actor access.Actor) ([]PersonRow, error) {
	if err := actor.Check(access.ManagePeople, uuid.Nil); err != nil {
		return nil, err
	}
	var list []PersonRow
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error {
		return tx.Raw(`
			select p.*, coalesce(a.name, '') as agency_name,
			       exists (select from address_failure f where f.person_id = p.id and f.email = p.email and f.hard and f.cleared_at is null) as mail_fails,
			       coalesce((select string_agg(f.name || ' (' || replace(s.office, '_', ' ') || ')', ', ' order by f.name)
			                 from seat_holding h join seat s on s.id = h.seat_id join forum f on f.id = s.forum_id
			                 where h.person_id = p.id and h.from_date <= ? and (h.to_date is null or h.to_date >= ?)), '') as seats
			from person p left join agency a on a.id = p.agency_id
			order by p.name limit 1000`, tx.Today(), tx.Today()).Scan(&list).Error
	})
	return list, err
}

// Agencies lists the partnership's agencies by name.
func (s *Store) Agencies(ctx context.Context, actor access.Actor) ([]panels.Agency, error) {
	var list []panels.Agency
	err := s.DB.Read(ctx, actor, func(tx db.Tx) error { return tx.Order("name").Find(&list).Error })
	return list, err
}
