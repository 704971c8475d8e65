package panels

import (
	"context"
	"errors"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/notify"
	"quorate/server/base/access"
	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// NoticeAddressFailing tells a clerk that mail no longer reaches one of their people, and the administrators,
// who can mend it.
const NoticeAddressFailing notify.Kind = "address_failing"

var postman = access.System("postman")

// TellAddressFailed tells the clerks of every forum where the person holds a place, or is called to a meeting
// as deputy or guest, and the administrators.
func (s Store) TellAddressFailed(ctx context.Context, failed notify.AddressFailed) error {
	return s.DB.Write(ctx, postman, func(tx db.Tx) error {
		var told []uuid.UUID
		err := tx.Raw(`
			select distinct clerk.person_id
			from seat_holding h
			join seat s on s.id = h.seat_id
			join seat c on c.forum_id = s.forum_id and c.office = 'clerk'
			join seat_holding clerk on clerk.seat_id = c.id and clerk.from_date <= @today and (clerk.to_date is null or clerk.to_date >= @today)
			where h.person_id = @person and (h.to_date is null or h.to_date >= @today) and clerk.person_id <> @person
			union
			select id from person where administrator and (ended_on is null or ended_on > @today) and id <> @person`,
			map[string]any{"person": failed.Person, "today": tx.Today()}).Scan(&told).Error
		if err != nil {
			return err
		}
		notices := make([]notify.Notice, len(told))
		for i, to := range told {
			notices[i] = notify.Notice{Kind: NoticeAddressFailing, IDs: notify.IDs{"person": failed.Person}, To: to}
		}
		return notify.Send(tx, notices...)
	})
}

func writeAddressFailing(tx db.Tx, n notify.Notice) (notify.Mail, bool, error) {
	var facts struct {
		Name          string
		Since         clock.Date
		At            notify.FailureKind
		Administrator bool
	}
	err := tx.Raw(`
		select p.name, date(f.since at time zone 'Europe/London') as since, f.failure as at, (select administrator from person where id = @to) as administrator
		from failing_address f join person p on p.id = f.person_id where f.person_id = @person`,
		map[string]any{"person": n.IDs["person"], "to": n.To}).Take(&facts).Error
	if errors.Is(err, gorm.ErrRecordNotFound) { // corrected, or being tried again
		return notify.Mail{}, false, nil
	}
	mail := notify.Mail{
		Subject: "Mail does not reach " + facts.Name,
		Lines: []string{
			"Mail to " + facts.Name + " has come back since " + facts.Since.Long() + ". " + facts.At.Words() + ".",
			"Until the address is mended nothing more is sent there: invitations, agendas and requests for a position reach them only when they sign in. Reach them another way, and give an administrator their right address.",
		},
		Link: notify.Link{Text: "See who sits on your forums", Path: "/forums"},
		Why:  "You are the clerk of a forum they sit on.",
	}
	if facts.Administrator {
		mail.Link = notify.Link{Text: "Correct their address, or try it again", Path: "/mail/addresses"}
		mail.Why = "You are an administrator of Quorate."
	}
	return mail, true, err
}
