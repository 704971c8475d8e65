package panels

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"quorate/notify"
	"quorate/server/base/db"
)

// NoticePassedOn tells somebody that things have passed to them. It counts them and says nothing of
// what they are about.
const NoticePassedOn notify.Kind = "things_passed_on"

func writePassedOn(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var facts struct{ From, Forum string }
	err := tx.Raw(`
		select p.name as "from", coalesce(f.name, '') as forum
		from handover h join person p on p.id = h.from_id left join forum f on f.id = h.forum_id
		where h.id = ?`, n.IDs["handover"]).Take(&facts).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return notify.Mail{}, false, nil
	}
	if err != nil {
		return notify.Mail{}, false, err
	}
	var counts []struct {
		Kind  OwnedKind
		Count int
	}
	err = tx.Raw(`select kind, count(*) from handover_thing where handover_id = ? and to_id = ? group by kind order by kind`, n.IDs["handover"], n.To).Scan(&counts).Error
	total, words := 0, make([]string, len(counts))
	for i, c := range counts {
		total += c.Count
		words[i] = strconv.Itoa(c.Count) + " " + c.Kind.Words(c.Count)
	}
	what := strconv.Itoa(total) + " things are"
	if total == 1 {
		what = "1 thing is"
	}
	where, why := facts.Forum, "has left a seat at "+facts.Forum
	if where == "" {
		where, why = "the partnership", "has left the partnership"
	}
	return notify.Mail{
		Subject: fmt.Sprintf("Now yours at %s: %s.", where, strings.Join(words, ", ")),
		Lines:   []string{fmt.Sprintf("%s %s. %s now yours to see to.", facts.From, why, what)},
		Facts:   []notify.Fact{{Name: "Passed to you", Value: strings.Join(words, ", ")}},
		Link:    notify.Link{Text: "See what is yours", Path: "/"},
		Why:     "You were named as the new owner.",
	}, total > 0, err
}
