package room_test

import (
	"github.com/google/uuid"

	"quorate/panels/room"
	"quorate/server/base/db"
)

// What the rows hold, by plain queries: no reading of the product stands between.

func rowsOf[T any](w *walk, query string, args ...any) (rows []T) {
	w.must(w.read(w.clerk, func(tx db.Tx) error { return tx.Raw(query, args...).Scan(&rows).Error }))
	return rows
}

func firstOf[T any](w *walk, query string, args ...any) (row T) {
	if rows := rowsOf[T](w, query, args...); len(rows) > 0 {
		row = rows[0]
	}
	return row
}

// newest is the id of the latest row of a table that belongs to something.
func (w *walk) newest(table, column string, of uuid.UUID) uuid.UUID {
	return firstOf[uuid.UUID](w, `select id from `+table+` where `+column+` = ? order by id desc limit 1`, of)
}

func (w *walk) personOf(ballot uuid.UUID) uuid.UUID {
	return firstOf[uuid.UUID](w, `select person_id from ballot where id = ?`, ballot)
}

func (w *walk) voiceOf(ballot uuid.UUID) (vote, voice uuid.UUID) {
	row := firstOf[struct{ VoteID, VotesFor uuid.UUID }](w, `select vote_id, votes_for from ballot where id = ?`, ballot)
	return row.VoteID, row.VotesFor
}

// writtenDown are the positions that somebody else wrote down and that stand.
func (w *walk) writtenDown() []writtenRow {
	return rowsOf[writtenRow](w, `select b.id, b.person_id from ballot b join vote v on v.id = b.vote_id
		where v.meeting_id = ? and b.answer_by is not null and b.superseded_at is null order by b.id`, w.meeting.ID)
}

type writtenRow struct{ ID, PersonID uuid.UUID }

// awaiting are the decisions that the other chair has still to confirm, with their items.
func (w *walk) awaiting() map[uuid.UUID]uuid.UUID {
	waiting := map[uuid.UUID]uuid.UUID{}
	for _, row := range rowsOf[struct{ ID, ItemID uuid.UUID }](w, `select id, item_id from decision_waiting where meeting_id = ? and settled_at is null order by id`, w.meeting.ID) {
		waiting[row.ID] = row.ItemID
	}
	return waiting
}

func (w *walk) itemOfDecision(id uuid.UUID) uuid.UUID {
	return firstOf[uuid.UUID](w, `select item_id from decision where id = ?`, id)
}

func (w *walk) decisionOf(item uuid.UUID) uuid.UUID {
	return firstOf[uuid.UUID](w, `select id from decision where item_id = ?`, item)
}

// opened is the item that is open, and its stage.
func (w *walk) opened() (item uuid.UUID, stage room.Stage) {
	row := firstOf[struct {
		ItemID uuid.UUID
		Stage  room.Stage
	}](w, `select item_id, stage from item_progress where meeting_id = ? and progress = 'open'`, w.meeting.ID)
	return row.ItemID, row.Stage
}

// agenda reads what is to be discussed: that is given, and nothing to be judged.
func (w *walk) agenda() {
	w.lines = rowsOf[line](w, `select id, kind, case_id, request_id, ratifies_id from agenda_item where meeting_id = ? and state = 'listed' order by position, id`, w.meeting.ID)
	for _, l := range w.lines {
		if l.CaseID != nil {
			w.caseOf[l.ID] = *l.CaseID
		}
	}
}
