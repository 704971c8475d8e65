package room

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"quorate/agendas"
	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/clock"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Extract is one young person's part of final minutes, for the agencies' own case systems. Other young
// people are left out of it: who else was on the agenda, and siblings.
type Extract struct {
	ExtractContent
	MeetingID uuid.UUID
	ItemID    uuid.UUID

	Taken  []TakenOut // what was left out, for the clerk to look at
	Shared []string   // names of somebody else that are this young person's too, and so stay
	Also   []string   // what the clerk left out besides
	Keep   []string   // what the clerk left in

	ReleasedAt *time.Time // nil: not let go
	ReleasedBy string
	Changed    bool // it says something else than when it was let go
	MayRelease bool

	forumID uuid.UUID
}

// ExtractContent is what an extract says.
type ExtractContent struct {
	Forum       string
	MeetingOn   clock.Date
	State       string // "Final", "Approved as a correct record"
	Label       string // "20/26"
	Number      string
	Name        string // of the young person
	Reference   string
	Decision    *DecisionView
	Ratified    string // what this meeting said of a decision taken between meetings; "" elsewhere
	Votes       []ExtractVote
	Actions     []ActionView
	Referred    []string
	NextStep    string
	Wording     string
	Corrections []string
}

// ExtractVote is one run of a vote by agency; who spoke for it is left out.
type ExtractVote struct {
	Run       int
	Proposal  string
	Result    string
	Positions []ExtractPosition
}

// ExtractPosition is one agency's.
type ExtractPosition struct{ For, Position, Why string }

// Ready reports whether the extract can be downloaded.
func (e Extract) Ready() bool { return e.ReleasedAt != nil && !e.Changed }

// mark tells extracts apart that do not say the same.
func (e Extract) mark() (string, error) {
	content, err := json.Marshal(e.ExtractContent)
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:16]), err
}

// extractWords is what a clerk decided about the names.
type extractWords struct {
	Also []string `json:"also"`
	Keep []string `json:"keep"`
}

// ShowExtract is one young person's part of the minutes as it was let go, or as it would be, for those at
// the table who have not left for the item.
func ShowExtract(tx db.Tx, meetingID, itemID uuid.UUID) (Extract, error) {
	return showExtract(tx, meetingID, itemID, nil)
}

// showExtract takes the choices of names from the release, or as tried.
func showExtract(tx db.Tx, meetingID, itemID uuid.UUID, tried *extractWords) (Extract, error) {
	p, err := project(tx, meetingID)
	if err != nil {
		return Extract{}, err
	}
	if err := tx.Actor.Check(access.ReadDecisions, p.Forum.ID); err != nil {
		return Extract{}, err
	}
	none := fault.New(fault.NotFound, "There is no such part of these minutes.")
	item, found := p.State.item(itemID)
	if !found || item.CaseID == nil || p.Forum.Board || item.State == agendas.TakenOff || !p.viewer.AtTable {
		return Extract{}, none
	}
	if why := p.viewer.hides(p.State, item); why != "" {
		return Extract{}, fault.New(fault.Denied, "Item %s: %s. Its part of the minutes is not shown to you.", item.Number, lowerFirst(why))
	}
	row, err := minutesOf(tx, meetingID)
	if err != nil {
		return Extract{}, err
	}
	if row.State != FinalOnes && row.State != Approved {
		return Extract{}, fault.New(fault.Conflict, "The minutes are not final yet. One young person’s part can be taken out of them once they are.")
	}
	extract := Extract{MeetingID: meetingID, ItemID: itemID, forumID: p.Forum.ID, MayRelease: tx.Actor.May(access.RecordMeeting, p.Forum.ID)}
	released, err := extract.readRelease(tx)
	if err != nil {
		return Extract{}, err
	}
	if tried != nil {
		extract.Also, extract.Keep = tried.Also, tried.Keep
	}
	rows, err := minuteRows(tx, meetingID)
	if err != nil {
		return Extract{}, err
	}
	shown, err := p.minuteItem(item, rows)
	if err != nil {
		return Extract{}, err
	}
	corrections, err := p.minutesCorrections(tx)
	if err != nil {
		return Extract{}, err
	}
	names, err := otherPeople(tx, meetingID, *item.CaseID)
	if err != nil {
		return Extract{}, err
	}
	for _, also := range extract.Also {
		names = append(names, Name{also, "You asked for it to be left out"})
	}
	leave := newLeaver(p.title(item)+" "+item.Reference(), names, extract.Keep)
	extract.ExtractContent = ExtractContent{
		Forum: p.Forum.Name, MeetingOn: p.Meeting.On(), State: row.State.Words(), Label: shown.Label, Number: item.Number,
		Name: p.title(item), Reference: item.Reference(),
	}
	extract.fill(shown, leave)
	for _, correction := range corrections {
		if correction.ItemID != nil && *correction.ItemID == itemID {
			extract.Corrections = append(extract.Corrections, leave.out(correction.Text))
		}
	}
	extract.Taken, extract.Shared = leave.taken, leave.shared
	mark, err := extract.mark()
	extract.Changed = extract.ReleasedAt != nil && released != mark
	return extract, err
}

// fill takes over what the minutes say of the item, with the names left out.
func (e *Extract) fill(shown MinuteItem, leave *leaver) {
	if shown.Decision != nil {
		decision := *shown.Decision
		decision.Reasons = leave.out(decision.Reasons)
		decision.Conditions, decision.Facts, decision.Corrections = slices.Clone(decision.Conditions), slices.Clone(decision.Facts), slices.Clone(decision.Corrections)
		decision.Needs = slices.Clone(decision.Needs)
		for i := range decision.Conditions {
			c := &decision.Conditions[i]
			c.Text, c.Words, c.Evidence = leave.out(c.Text), leave.out(c.Words), slices.Clone(c.Evidence)
			for j := range c.Evidence {
				c.Evidence[j].Text, c.Evidence[j].Judgement = leave.out(c.Evidence[j].Text), leave.out(c.Evidence[j].Judgement)
			}
		}
		for i := range decision.Facts {
			decision.Facts[i].Text = leave.out(decision.Facts[i].Text)
		}
		for i := range decision.Corrections {
			c := &decision.Corrections[i]
			c.Wrong, c.Right, c.Reason = leave.out(c.Wrong), leave.out(c.Right), leave.out(c.Reason)
		}
		for i := range decision.Needs {
			decision.Needs[i].Words = leave.out(decision.Needs[i].Words)
		}
		e.Decision = &decision
	}
	if shown.Ratifies != nil {
		e.Ratified = leave.out(shown.Ratifies.Sentence())
	}
	if shown.Vote != nil {
		for _, run := range append(slices.Clone(shown.Vote.Earlier), *shown.Vote) {
			vote := ExtractVote{Run: run.Run, Proposal: leave.out(run.Proposal), Result: run.Result}
			for _, voter := range run.Voters {
				position := voter.Words
				if !voter.Voted {
					position = "None given"
				}
				if voter.Disputed {
					position += " (disputed)"
				}
				vote.Positions = append(vote.Positions, ExtractPosition{For: voter.For, Position: position, Why: leave.out(strings.TrimSpace(voter.Condition + " " + voter.Reason))})
			}
			e.Votes = append(e.Votes, vote)
		}
	}
	for _, action := range shown.Actions {
		action.Text = leave.out(action.Text)
		e.Actions = append(e.Actions, action)
	}
	e.Referred, e.NextStep, e.Wording = shown.Referred, leave.out(shown.NextStep), leave.out(shown.Wording)
}

// otherPeople are the young people who must not be named: the others on the agenda, and siblings.
func otherPeople(tx db.Tx, meetingID, caseID uuid.UUID) ([]Name, error) {
	var names []Name
	err := tx.Raw(`
		with others as (
			select i.case_id as id, 'Another young person on the agenda' as why, 2 as rank from agenda_item i where i.meeting_id = @meeting and i.case_id is not null
			union all
			select l.case_id, 'Another young person on the agenda', 2 from agenda_item i join request_line l on l.request_id = i.request_id
			where i.meeting_id = @meeting and l.case_id is not null
			union all
			select case when s.one_id = mine.id then s.other_id else s.one_id end, 'A brother or sister', 1
			from same_case(@case) mine join case_sibling s on mine.id in (s.one_id, s.other_id)
		), people as (
			select distinct on (c.id) c.forename, c.surname, c.number, o.why
			from others o join cases c on c.id = o.id
			where c.id not in (select id from same_case(@case)) order by c.id, o.rank
		)
		select forename || ' ' || surname as words, why from people
		union all select 'Q' || number, why from people`, map[string]any{"meeting": meetingID, "case": caseID}).Scan(&names).Error
	if err != nil {
		return nil, err
	}
	var siblings string
	err = tx.Raw(`select siblings from cases where id = ?`, caseID).Scan(&siblings).Error
	for _, word := range wordPattern.FindAllString(siblings, -1) {
		if first, _ := firstRune(word); first >= 'A' && strings.ToUpper(string(first)) == string(first) && len([]rune(word)) > 1 {
			names = append(names, Name{word, "The tracker names them as a brother or sister"})
		}
	}
	return names, err
}

// readRelease reads whether the extract was let go, with what was decided about names then.
func (e *Extract) readRelease(tx db.Tx) (mark string, err error) {
	var rows []struct {
		Words      json.RawMessage
		Mark       string
		ReleasedAt time.Time
		Name       string
	}
	err = tx.Raw(`select x.words, x.mark, x.released_at, p.name from minutes_extract x join person p on p.id = x.released_by where x.item_id = ?`, e.ItemID).Scan(&rows).Error
	if err != nil || len(rows) == 0 {
		return "", err
	}
	var words extractWords
	if err := json.Unmarshal(rows[0].Words, &words); err != nil {
		return "", err
	}
	e.Also, e.Keep, e.ReleasedAt, e.ReleasedBy = words.Also, words.Keep, &rows[0].ReleasedAt, rows[0].Name
	return rows[0].Mark, nil
}

// TryExtract is the extract with other choices of names, to look at before it goes.
func TryExtract(tx db.Tx, meetingID, itemID uuid.UUID, also, keep []string) (Extract, error) {
	return showExtract(tx, meetingID, itemID, &extractWords{Also: tidy(also), Keep: tidy(keep)})
}

func tidy(words []string) []string {
	kept := []string{}
	for _, word := range words {
		if word = strings.TrimSpace(word); word != "" && !slices.Contains(kept, word) {
			kept = append(kept, word)
		}
	}
	return kept
}

// ReleaseExtract lets one young person's part of the minutes go to the members of the forum, once the
// clerk or the chair has looked at what was left out.
func (s *Store) ReleaseExtract(ctx context.Context, actor access.Actor, meetingID, itemID uuid.UUID, also, keep []string) error {
	return s.DB.Write(ctx, actor, func(tx db.Tx) error {
		extract, err := TryExtract(tx, meetingID, itemID, also, keep)
		if err != nil {
			return err
		}
		if err := actor.Check(access.RecordMeeting, extract.forumID); err != nil {
			return err
		}
		var form fault.Form
		form.Require(len(extract.Also) <= 50 && len(strings.Join(extract.Also, "")) <= 2_000, "also", "Leave out at most 50 words or names")
		if err := form.Err(); err != nil {
			return err
		}
		mark, err := extract.mark()
		if err != nil {
			return err
		}
		words, err := json.Marshal(extractWords{extract.Also, extract.Keep})
		if err != nil {
			return err
		}
		err = tx.Exec(`
			insert into minutes_extract (id, meeting_id, item_id, words, mark, released_by, released_at) values (?, ?, ?, ?, ?, ?, ?)
			on conflict on constraint minutes_extract_item_key
			do update set words = excluded.words, mark = excluded.mark, released_by = excluded.released_by, released_at = excluded.released_at`,
			newID(), meetingID, itemID, string(words), mark, actor.PersonID, tx.Now).Error
		if err != nil {
			return err
		}
		return audit.Record(tx, audit.Entry{
			Action: "extract.released", ObjectKind: "agenda_item", ObjectID: itemID.String(), ForumID: extract.forumID,
			After: map[string]any{"left_out": len(extract.Taken), "also": len(extract.Also), "kept_in": len(extract.Keep)},
		})
	})
}

// OpenExtract is an extract that was let go, for whoever downloads it; that they did is on the trail.
func (s *Store) OpenExtract(ctx context.Context, actor access.Actor, meetingID, itemID uuid.UUID, form string) (extract Extract, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if extract, err = ShowExtract(tx, meetingID, itemID); err != nil {
			return err
		}
		if !extract.Ready() {
			return fault.New(fault.Conflict, "This part of the minutes is not ready to download. The clerk looks at what was left out and lets it go first.")
		}
		return audit.Record(tx, audit.Entry{Action: "extract.downloaded", ObjectKind: "agenda_item", ObjectID: itemID.String(), ForumID: extract.forumID, After: map[string]string{"as": form}})
	})
	return extract, err
}
