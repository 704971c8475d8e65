package room

import (
	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/frontend/govuk"
	"quorate/panels/room"
	"quorate/server/base/clock"
	"quorate/server/base/money"
)

// splitRow is one agency of the split that is written: what stands in its fields.
type splitRow struct {
	ID                    uuid.UUID
	Agency                string
	Weekly, Percent, Once string
	share                 room.Share
}

// splitRows are every agency that may be asked to pay, with what was typed beside it; to begin with, what
// was voted on last, else what is asked for.
func (p Page) splitRows() []splitRow {
	begins := p.Item.Request.Split
	if p.Vote != nil && len(p.Vote.Split) > 0 {
		begins = p.Vote.Split
	}
	rows := make([]splitRow, 0, len(p.Choices.Funders))
	for _, agency := range p.Choices.Funders {
		row := splitRow{ID: agency.ID, Agency: agency.Text}
		for _, share := range begins {
			if share.AgencyID == agency.ID {
				row.Weekly, row.Once = money.Typed(share.WeeklyPence), money.Typed(share.OneOffPence)
				row.Percent = PercentTyped(room.Share{WeeklyPence: share.WeeklyPence, OneOffPence: share.OneOffPence}, *p.Item.Request)
			}
		}
		field := agency.ID.String()
		row.Weekly, row.Percent, row.Once = p.typed("propose", "weekly-"+field, row.Weekly), p.typed("propose", "percent-"+field, row.Percent), p.typed("propose", "once-"+field, row.Once)
		row.share = room.Share{AgencyID: agency.ID}
		row.share.WeeklyPence, _ = money.Parse(row.Weekly) // what cannot be read is said beside the field
		row.share.OneOffPence, _ = money.Parse(row.Once)
		rows = append(rows, row)
	}
	return rows
}

// PercentTyped is a share as a field of percent holds it: of the weekly cost, or of what is paid once where
// nothing is paid each week.
func PercentTyped(share room.Share, of room.RequestView) string {
	part, whole := share.WeeklyPence, of.WeeklyPence
	if whole == 0 {
		part, whole = share.OneOffPence, of.OneOffPence
	}
	if part == 0 || whole == 0 {
		return ""
	}
	return requests.PercentWords(money.Percent(part, whole))
}

// reckoned is what the split comes to as it stands in the form.
func (p Page) reckoned(rows []splitRow) room.Reckoned {
	var split []room.Share
	for _, row := range rows {
		if row.share.WeeklyPence > 0 || row.share.OneOffPence > 0 {
			split = append(split, row.share)
		}
	}
	day := func(field string, otherwise clock.Date) clock.Date {
		if p.Form != "propose" || p.Typed == nil {
			return otherwise
		}
		typed, _ := govuk.ReadDate(p.Typed, "propose-"+field).Date() // what is no day is said beside the field
		return typed
	}
	return p.Item.Request.Reckon(split, day("start_on", p.proposedStart()), day("end_on", p.proposedEnd()))
}

// proposedStart and proposedEnd are what the form begins with.
func (p Page) proposedStart() clock.Date {
	if p.Vote != nil {
		return p.Vote.StartOn
	}
	return p.Item.Request.StartOn
}

func (p Page) proposedEnd() clock.Date {
	if p.Vote != nil {
		return p.Vote.EndOn
	}
	return p.Item.Request.EndOn
}

// interim is who pays without prejudice, to choose from.
func (p Page) interim() govuk.Select {
	pick := p.pick("propose", "interim", "Who pays without prejudice while a dispute runs?", "Nobody", p.Choices.Funders)
	if p.Form != "propose" && p.Vote != nil {
		for _, share := range p.Vote.Split {
			if share.WithoutPrejudice {
				pick.Value = share.AgencyID.String()
			}
		}
	}
	return pick
}

func endHint(r room.RequestView) string {
	if r.EndOn.IsZero() {
		return "Leave empty if it goes on"
	}
	return "Leave empty for the end that is asked for"
}
