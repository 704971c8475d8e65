package panels

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Partnership is who we are: the council and the integrated care board that are responsible for a young
// person unless the tracker names others.
type Partnership struct {
	Council string // "Marlshire Council"; "" when nobody has said
	ICB     string `gorm:"column:icb"`
	Version int
}

// TableName is partnership.
func (Partnership) TableName() string { return "partnership" }

// OurPartnership reads it.
func OurPartnership(tx db.Tx) (p Partnership, err error) {
	err = tx.Take(&p).Error
	return p, err
}

// SetPartnership says who the partnership's own council and integrated care board are.
func (s Store) SetPartnership(ctx context.Context, actor access.Actor, p Partnership) error {
	p.Council, p.ICB = strings.TrimSpace(p.Council), strings.TrimSpace(p.ICB)
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.ManagePeople, uuid.Nil); err != nil {
			return err
		}
		var form fault.Form
		form.Require(len(p.Council) <= 200, "council", "Shorten the council’s name to 200 characters or fewer")
		form.Require(len(p.ICB) <= 200, "icb", "Shorten the integrated care board’s name to 200 characters or fewer")
		if err := form.Err(); err != nil {
			return err
		}
		before, err := OurPartnership(tx)
		if err != nil {
			return err
		}
		err = db.RequireOne(tx.Exec(`update partnership set council = ?, icb = ?, version = version + 1 where version = ?`, p.Council, p.ICB, p.Version))
		if err != nil {
			return err
		}
		return record(tx, "partnership.changed", uuid.Nil, uuid.Nil, before, p)
	})
}

// Body is the legal body responsible for something, as far as is known.
type Body struct {
	Name    string // "" when Not known
	Assumed bool   // the tracker does not say, so it is ours
	NotOurs bool
}

// Words is the body as people say it.
func (b Body) Words() string {
	switch {
	case b.Name == "":
		return "Not known"
	case b.Assumed:
		return b.Name + " (the tracker does not say another)"
	default:
		return b.Name
	}
}

// BodyOf is who is responsible, from what the tracker says and who we are.
func BodyOf(said, ours string) Body {
	said, ours = strings.TrimSpace(said), strings.TrimSpace(ours)
	if said == "" {
		return Body{Name: ours, Assumed: ours != ""}
	}
	return Body{Name: said, NotOurs: ours != "" && !SameBody(said, ours)}
}

// SameBody reports whether two names mean one legal body, however each is written: "NHS Marlshire
// Integrated Care Board" and "Marlshire ICB".
func SameBody(a, b string) bool { return bodyKey(a) == bodyKey(b) }

func bodyKey(name string) string {
	name = strings.NewReplacer(".", "", ",", " ", "-", " ", "&", " and ").Replace(strings.ToLower(name))
	name = strings.ReplaceAll(strings.Join(strings.Fields(name), " "), "integrated care board", "icb")
	var kept []string
	for _, word := range strings.Fields(name) {
		switch word {
		case "the", "nhs", "county":
		case "cc":
			kept = append(kept, "council")
		default:
			kept = append(kept, word)
		}
	}
	return strings.Join(kept, " ")
}
