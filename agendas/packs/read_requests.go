package packs

import (
	"github.com/google/uuid"

	"quorate/agendas/requests"
	"quorate/agendas/tracker"
	"quorate/panels"
	"quorate/server/base/db"
)

// addRequests reads the funding requests of the items that are open to the reader, with what is to be bought
// and who pays. Of an uplift they carry the packages of the young people in whom they declared no interest.
func (p *Pack) addRequests(tx db.Tx, cases map[uuid.UUID]tracker.Case, terms panels.Terms) error {
	var ids []uuid.UUID
	for _, e := range p.Entries {
		if e.RequestID != nil && !e.Closed() {
			ids = append(ids, *e.RequestID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []requests.Request
	if err := tx.Raw(`select * from funding_request where id in ?`, ids).Scan(&rows).Error; err != nil {
		return err
	}
	var lines []requests.Line
	if err := tx.Raw(`select * from request_line where request_id in ? order by request_id, position, id`, ids).Scan(&lines).Error; err != nil {
		return err
	}
	seen, err := requests.SeenCases(tx, lines)
	if err != nil {
		return err
	}
	var shares []requests.Share
	if err := tx.Raw(`select * from request_share where request_id in ?`, ids).Scan(&shares).Error; err != nil {
		return err
	}
	var funders []panels.Agency // an agency that was asked stands in the pack though it pays no more
	err = tx.Raw(`select * from agency where funder or id in (select agency_id from request_share where request_id in ?) order by name`, ids).Scan(&funders).Error
	if err != nil {
		return err
	}
	asked := make(map[uuid.UUID]*requests.Written, len(rows))
	for _, row := range rows {
		w := &requests.Written{Request: row, Cases: seen, Funders: funders, WeeksThousandths: terms.WeeksPerYearThousandths}
		if row.CaseID != nil { // an uplift is of many
			w.Case = cases[*row.CaseID]
		}
		asked[row.ID] = w
	}
	for _, line := range lines {
		asked[line.RequestID].Lines = append(asked[line.RequestID].Lines, line)
	}
	for _, share := range shares {
		asked[share.RequestID].Shares = append(asked[share.RequestID].Shares, share)
	}
	for i := range p.Entries {
		if e := &p.Entries[i]; e.RequestID != nil && !e.Closed() {
			e.Request = carried(*asked[*e.RequestID])
		}
	}
	return nil
}

// carried is what a panel reads of a request: of an uplift's young people their name and number, and nothing
// of those the reader has left for.
func carried(w requests.Written) *Request {
	closed := w.LeaveOutClosed()
	r := &Request{Request: w.Request, Closed: closed, Split: w.Split(), Exposure: w.Exposure(), WeeksThousandths: w.WeeksThousandths}
	for _, line := range w.Lines {
		if line.CaseID == nil {
			r.Lines = append(r.Lines, line)
			continue
		}
		c := w.Cases[*line.CaseID]
		r.Packages = append(r.Packages, Package{Person: c.Reference() + " " + c.Name(), Line: line})
	}
	return r
}
