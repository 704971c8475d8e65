package tracker

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"quorate/server/base/clock"
	"quorate/server/base/db"
)

// A HistoryEntry is one change of a case and where it came from.
type HistoryEntry struct {
	At        time.Time
	File      string     // the tracker file it came from
	By        string     // who confirmed it, "" for the product's own command line
	MeetingID *uuid.UUID // the meeting that said it
	Forum     string     // of that meeting
	MetOn     clock.Date
	Source    string // what it came from, in words, besides an import and a meeting
	First     bool   // the case began with this
	Undone    bool   // the import was undone, and this is what that put back
	Changes   []Change
}

// A HistoryPage is one page of a case's changes, newest first.
type HistoryPage struct {
	Entries     []HistoryEntry
	Page, Pages int
}

// historyLength is how many changes a page shows.
const historyLength = 20

// History reads a page of what has changed about a case and those merged into it, newest first; the first page is 1. The caller
// has checked that the actor may see the case.
func History(tx db.Tx, caseID uuid.UUID, page int) (HistoryPage, error) {
	var total int
	if err := tx.Raw(`select count(*) from case_history where case_id in (select id from same_case(?))`, caseID).Scan(&total).Error; err != nil {
		return HistoryPage{}, err
	}
	list := HistoryPage{Pages: max(1, (total+historyLength-1)/historyLength)}
	list.Page = min(max(page, 1), list.Pages)
	var stored []struct {
		At        time.Time
		FileName  string
		Name      string
		MeetingID *uuid.UUID
		Forum     string
		StartsAt  *time.Time
		Source    string
		First     bool
		Undone    bool
		Changes   json.RawMessage
	}
	err := tx.Raw(`
		select h.at, coalesce(i.file_name, '') as file_name, coalesce(p.name, '') as name, h.meeting_id, coalesce(f.name, '') as forum, m.starts_at, h.source, h.first, h.undone, h.changes
		from case_history h
		left join tracker_import i on i.id = h.import_id
		left join person p on p.id = coalesce(h.person_id, case when h.undone then i.undone_by else i.settled_by end)
		left join meeting m on m.id = h.meeting_id
		left join forum f on f.id = m.forum_id
		where h.case_id in (select id from same_case(?)) order by h.id desc limit ? offset ?`, caseID, historyLength, (list.Page-1)*historyLength).Scan(&stored).Error
	if err != nil {
		return list, err
	}
	for _, row := range stored {
		changes, err := changesInWords(row.Changes)
		if err != nil {
			return list, err
		}
		entry := HistoryEntry{At: row.At, File: row.FileName, By: row.Name, MeetingID: row.MeetingID, Forum: row.Forum, Source: row.Source, First: row.First, Undone: row.Undone, Changes: changes}
		if row.StartsAt != nil {
			entry.MetOn = clock.DateOf(*row.StartsAt)
		}
		list.Entries = append(list.Entries, entry)
	}
	return list, nil
}
