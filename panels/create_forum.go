package panels

import (
	"context"
	"fmt"
	"strings"
	"unicode"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// NewForum asks for a forum made from a shipped template.
type NewForum struct {
	Template     string
	Name         string     // empty: the template's, with the locality
	Locality     string     // needed by templates that are one for each locality
	InForceOn    clock.Date // of the first terms of reference; Not known: today
	MailboxEmail string     // where the forum's mail comes from; may be empty
	EscalatesTo  *uuid.UUID // nil: the forum made from the template's choice, or the next above it
}

// CreateForum makes a forum with its first terms of reference and its empty seats. A seat goes to
// the agency of its kind; where the partnership has none yet, the seat waits without an agency.
func (s Store) CreateForum(ctx context.Context, actor access.Actor, wanted NewForum) (forum Forum, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ChangeForums, uuid.Nil); err != nil {
			return err
		}
		template, known := TemplateByKey(wanted.Template)
		if !known {
			return formError("template", "Choose the kind of forum")
		}
		if forum, err = newForum(tx, template, wanted); err != nil {
			return err
		}
		if err := tx.Create(&forum).Error; err != nil {
			return err
		}
		terms := template.Terms
		terms.ID, terms.ForumID, terms.Number, terms.CreatedBy, terms.CreatedAt = newID(), forum.ID, 1, actor.PersonID, tx.Now
		terms.InForceOn = wanted.InForceOn
		if terms.InForceOn.IsZero() {
			terms.InForceOn = tx.Today()
		}
		if err := tx.Create(&terms).Error; err != nil {
			return err
		}
		if err := setTable(tx, forum.ID, template.Seats); err != nil {
			return err
		}
		return record(tx, "forum.created", forum.ID, forum.ID, nil, map[string]any{
			"name": forum.Name, "template": forum.Template, "locality": forum.Locality, "in_force_on": terms.InForceOn,
		})
	})
	return forum, err
}

func newForum(tx db.Tx, template Template, wanted NewForum) (Forum, error) {
	forum := Forum{
		ID: newID(), Template: template.Key, Board: template.Board, CreatedAt: tx.Now, Version: 1,
		Name: strings.TrimSpace(wanted.Name), Locality: strings.TrimSpace(wanted.Locality),
		MailboxEmail: strings.ToLower(strings.TrimSpace(wanted.MailboxEmail)), EscalatesTo: wanted.EscalatesTo,
	}
	if forum.Name == "" {
		forum.Name = strings.TrimSpace(template.Name + " " + forum.Locality)
	}
	var form fault.Form
	if template.PerLocality {
		form.Require(forum.Locality != "", "locality", "Enter the locality this forum covers, like North")
	}
	form.Require(len(forum.Name) <= 200, "name", "Shorten the name to 200 characters or fewer")
	form.Require(len(forum.Locality) <= 100, "locality", "Shorten the locality to 100 characters or fewer")
	form.Require(forum.MailboxEmail == "" || looksLikeEmail(forum.MailboxEmail), "mailbox_email", "Enter an email address, like mapac@example.org")

	forums, err := Forums(tx)
	if err != nil {
		return forum, err
	}
	slugs := map[string]bool{}
	for _, other := range forums {
		slugs[other.Slug] = true
		form.Require(!strings.EqualFold(other.Name, forum.Name), "name", "There is already a forum called "+other.Name+". Enter another name")
	}
	if forum.EscalatesTo == nil {
		forum.EscalatesTo = forumAbove(template, forums)
	} else {
		known := false
		for _, other := range forums {
			known = known || other.ID == *forum.EscalatesTo
		}
		form.Require(known, "escalates_to", "Choose the forum that takes what is stuck")
	}
	forum.Slug = freeSlug(template.Key+" "+forum.Locality, slugs)
	return forum, form.Err()
}

// forumAbove finds the forum that takes what is stuck: the one made from the template's choice, or
// where the partnership has none of that kind, the next above it.
func forumAbove(template Template, forums []Forum) *uuid.UUID {
	for key := template.EscalatesTo; key != ""; {
		for _, forum := range forums {
			if forum.Template == key {
				return &forum.ID
			}
		}
		above, _ := TemplateByKey(key)
		key = above.EscalatesTo
	}
	return nil
}

// setTable makes the template's seats. Where several agencies are of one kind the first by name
// has the seat, until an administrator gives it to another.
func setTable(tx db.Tx, forumID uuid.UUID, table []TemplateSeat) error {
	agencies, err := Agencies(tx)
	if err != nil {
		return err
	}
	seats := make([]Seat, 0, len(table))
	for i, place := range table {
		seat := Seat{
			ID: newID(), ForumID: forumID, Name: place.Name, Office: place.Office, Standing: place.Standing, Position: i + 1, Version: 1,
		}
		for _, agency := range agencies {
			if agency.Kind == place.Kind && !agency.Outside && place.Kind != IndependentOfAgency {
				seat.AgencyID = &agency.ID
				break
			}
		}
		seats = append(seats, seat)
	}
	return tx.Create(&seats).Error
}

// freeSlug writes words as an address has them, with a number where the plain one is taken.
func freeSlug(words string, taken map[string]bool) string {
	plain := strings.Join(strings.FieldsFunc(strings.ToLower(words), func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), "-")
	slug := plain
	for n := 2; taken[slug] || reservedSlugs[slug]; n++ {
		slug = fmt.Sprintf("%s-%d", plain, n)
	}
	return slug
}

// reservedSlugs are addresses under /forums/ that are pages of their own.
var reservedSlugs = map[string]bool{"new": true}

func looksLikeEmail(text string) bool {
	name, host, ok := strings.Cut(text, "@")
	return ok && name != "" && strings.Contains(host, ".") && !strings.ContainsAny(text, " \t\r\n<>,;")
}

// formError is one problem with one field.
func formError(field, sentence string) error {
	var form fault.Form
	form.Add(field, "%s", sentence)
	return form.Err()
}
