package panels

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// AddPerson adds somebody who uses the product. They cannot sign in with a password until one is
// set; id, version and the day of joining are given here.
func (s Store) AddPerson(ctx context.Context, actor access.Actor, person Person) (Person, error) {
	person.ID, person.Version, person.PasswordHash, person.EndedOn = newID(), 1, "", clock.Date{}
	person.Name, person.JobTitle = strings.TrimSpace(person.Name), strings.TrimSpace(person.JobTitle)
	person.Email = strings.ToLower(strings.TrimSpace(person.Email))
	err := s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ManagePeople, uuid.Nil); err != nil {
			return err
		}
		var form fault.Form
		form.Require(person.Name != "", "name", "Enter the person’s name")
		form.Require(len(person.Name) <= 200, "name", "Shorten the name to 200 characters or fewer")
		form.Require(len(person.JobTitle) <= 200, "job_title", "Shorten the job title to 200 characters or fewer")
		form.Require(looksLikeEmail(person.Email) && len(person.Email) <= 254, "email", "Enter an email address, like name@example.org")
		var taken bool
		if err := tx.Raw(`select exists (select from person where email = ?)`, person.Email).Scan(&taken).Error; err != nil {
			return err
		}
		form.Require(!taken, "email", "Somebody already has this email address")
		if person.AgencyID != nil {
			if _, err := AgencyByID(tx, *person.AgencyID); fault.Is(err, fault.NotFound) {
				form.Add("agency", "Choose one of the partnership’s agencies")
			} else if err != nil {
				return err
			}
		}
		if err := form.Err(); err != nil {
			return err
		}
		person.CreatedAt = tx.Now
		if err := tx.Create(&person).Error; err != nil {
			return err
		}
		return record(tx, "person.added", person.ID, uuid.Nil, nil, map[string]any{
			"name": person.Name, "email": person.Email, "job_title": person.JobTitle, "agency": person.AgencyID,
			"administrator": person.Administrator, "auditor": person.Auditor, "presenter": person.Presenter,
		})
	})
	return person, err
}
