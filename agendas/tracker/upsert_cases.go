package tracker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"quorate/server/base/access"
	"quorate/server/base/audit"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// MostSaid is how many records are taken at once.
const MostSaid = 1_000

// A Said is what another system says of one young person, by the fields' names: text, a day as
// "2027-03-04", true or false, whole pence; nil is Not known. What it leaves out stays as it is.
type Said map[Field]any

// What became of a record.
const (
	UpsertCreated   = "created"
	UpsertChanged   = "changed"
	UpsertUnchanged = "unchanged"
	UpsertRefused   = "refused" // an error: nothing of the record was taken
)

// An Upserted is what became of one record. It tells nothing of the case but that.
type Upserted struct {
	Outcome  string
	Errors   []SaidProblem // why it was refused
	Warnings []SaidProblem // it was taken, and somebody should look at this
	Kept     []Field       // said in a meeting, and kept although the record says otherwise
}

// A SaidProblem is what is wrong with one field of a record.
type SaidProblem struct {
	Field   Field // "" is the record as a whole
	Problem string
}

// UpsertCases puts what another system says into the cases, in one transaction: each record in error is left
// out, all others are in. Records are matched by the person reference, or one the case was held under
// before. The same again changes nothing. source is who says it, in words, for the history of each case.
func UpsertCases(ctx context.Context, d *db.DB, actor access.Actor, source string, said []Said) ([]Upserted, error) {
	if err := mayImport(actor); err != nil {
		return nil, err
	}
	if len(said) > MostSaid {
		return nil, fault.New(fault.TooLarge, "Send no more than %d records at once.", MostSaid)
	}
	var done []Upserted
	err := d.Write(ctx, actor, func(tx db.Tx) error {
		if err := lockTracker(tx); err != nil {
			return err
		}
		u := upsert{tx: tx, source: source, records: make([]record, len(said)), dates: dateReader{today: tx.Today()}}
		for i := range said {
			u.records[i].said = said[i]
			u.records[i].read()
		}
		for _, step := range []func() error{u.find, u.settle, u.write} {
			if err := step(); err != nil {
				return err
			}
		}
		done = make([]Upserted, len(said))
		for i := range u.records {
			done[i] = u.records[i].Upserted
		}
		return nil
	})
	return done, err
}

// upsert is one call's records on their way into the cases.
type upsert struct {
	tx      db.Tx
	source  string
	dates   dateReader
	records []record
	added   []*record // in the order they came
	changed []*record
	settled []uuid.UUID     // kept values the records now agree with
	told    []toldOtherwise // kept values they do not
}

// record is what one record says, and the case it is about.
type record struct {
	Upserted
	said      Said
	reference string // as it is kept
	fields    []Field
	held      *Case // nil when new
	now       Case  // what the case becomes
	changes   map[Field][2]any
	kept      []keptValue
}

func (r *record) wrong(field Field, problem string) {
	r.Outcome, r.Errors = UpsertRefused, append(r.Errors, SaidProblem{field, problem})
}

func (r *record) warn(field Field, problem string) {
	r.Warnings = append(r.Warnings, SaidProblem{field, problem})
}

// person is the reference that whoever the record is about is held under.
func (r *record) person() string {
	if r.held != nil {
		return r.held.PersonReference
	}
	return r.reference
}

func (r *record) refused() bool { return len(r.Errors) > 0 }

// find looks up the cases the records are about, however many there are, and locks them.
func (u *upsert) find() error {
	var references []string
	for i := range u.records {
		if r := &u.records[i]; r.reference != "" {
			references = append(references, r.reference)
		}
	}
	list, err := json.Marshal(references)
	if err != nil {
		return err
	}
	var leads []struct {
		Reference string
		CaseID    uuid.UUID
	}
	if err := u.tx.Raw(`
		with asked as (select distinct reference from json_array_elements_text(cast(@list as json)) as a(reference))
		select a.reference, c.id as case_id from asked a join cases c on c.person_reference = a.reference and c.merged_into is null
		union all
		select a.reference, f.case_id from asked a join former_reference f on f.reference = a.reference`, map[string]any{"list": string(list)}).Scan(&leads).Error; err != nil {
		return err
	}
	ids := []uuid.UUID{uuid.Nil}
	of := map[string]uuid.UUID{}
	for _, lead := range leads {
		ids, of[lead.Reference] = append(ids, lead.CaseID), lead.CaseID
	}
	var cases []Case
	if err := u.tx.Raw(`select * from cases where id in ? order by id for update`, ids).Scan(&cases).Error; err != nil {
		return err
	}
	held := make(map[uuid.UUID]*Case, len(cases))
	for i := range cases {
		held[cases[i].ID] = &cases[i]
	}
	kept, err := keptOf(u.tx, ids)
	if err != nil {
		return err
	}
	for i := range u.records {
		r := &u.records[i]
		if r.held = held[of[r.reference]]; r.held != nil {
			r.now, r.kept = *r.held, kept[r.held.ID]
		}
	}
	return nil
}

// settle says of each record what becomes of it.
func (u *upsert) settle() error {
	about := map[string][]int{} // which records, by the reference the person is held under
	for i := range u.records {
		if r := &u.records[i]; !r.refused() {
			about[r.person()] = append(about[r.person()], i)
		}
	}
	for i := range u.records {
		r := &u.records[i]
		if r.refused() {
			continue
		}
		same := about[r.person()]
		other := slices.IndexFunc(same, func(at int) bool { return u.contradicts(r, &u.records[at]) })
		switch {
		case other >= 0: // before anything of it is taken
			r.wrong(PersonReference, fmt.Sprintf("This reference is also in record %d, which says otherwise. Correct or remove one of them.", same[other]+1))
		case same[0] != i && u.records[same[0]].refused(): // what is wrong with one is wrong with both
			r.Outcome, r.Errors = UpsertRefused, u.records[same[0]].Errors
		case same[0] != i:
			r.Outcome = UpsertUnchanged
			r.warn(PersonReference, fmt.Sprintf("This record says the same as record %d. The person is counted once.", same[0]+1))
		default:
			if err := u.judge(r); err != nil {
				return err
			}
		}
	}
	for i := range u.records {
		switch r := &u.records[i]; r.Outcome {
		case UpsertCreated:
			r.now.ID = uuid.Must(uuid.NewV7())
			u.added = append(u.added, r)
		case UpsertChanged:
			u.changed = append(u.changed, r)
		}
	}
	return u.warnOfSamePerson()
}

// contradicts reports whether two records about one person do not say the very same.
func (u *upsert) contradicts(a, b *record) bool {
	if len(a.fields) != len(b.fields) {
		return true
	}
	return slices.ContainsFunc(a.fields, func(field Field) bool {
		other, said := b.said[field]
		return field != PersonReference && (!said || other != a.said[field])
	})
}

// judge reads a record against the case it is about and says what changes.
func (u *upsert) judge(r *record) error {
	if r.held == nil {
		for _, field := range required {
			if _, said := r.said[field]; !said {
				r.wrong(field, fmt.Sprintf("There is no %s. Send it: nobody is held under this reference yet.", field.Label()))
			}
		}
	}
	u.load(r)
	if r.refused() {
		return nil
	}
	if r.held != nil && r.now.DateOfBirth != r.held.DateOfBirth && !sameName(&r.now, r.held) {
		r.wrong(PersonReference, "This reference is held for somebody with a different name and a different date of birth. Check whose it is.")
		return nil
	}
	r.changes = map[Field][2]any{}
	if r.held == nil {
		r.Outcome, r.now.PersonReference = UpsertCreated, r.reference
		for _, field := range r.fields {
			if value := ruleOf[field].known(&r.now); value != nil {
				r.changes[field] = [2]any{nil, value}
			}
		}
		return nil
	}
	for _, k := range r.kept {
		agrees, disagrees, err := k.against(r)
		switch {
		case err != nil:
			return err
		case agrees:
			u.settled = append(u.settled, k.ID)
		case disagrees:
			r.Kept = append(r.Kept, k.Field)
			u.told = append(u.told, toldOtherwise{k.ID, ruleOf[k.Field].known(&r.now)})
			copyField(k.Field, &r.now, r.held)
		}
	}
	for _, field := range r.fields {
		if rule := ruleOf[field]; field != PersonReference && !rule.same(&r.now, r.held) {
			r.changes[field] = [2]any{rule.stored(r.held), rule.stored(&r.now)}
		}
	}
	r.Outcome = UpsertUnchanged
	if len(r.changes) > 0 {
		r.Outcome = UpsertChanged
	}
	return nil
}

// warnOfSamePerson warns of a new person who holds a number of somebody held: a clerk is asked whether the
// two are one. It tells the sender no more than that.
func (u *upsert) warnOfSamePerson() error {
	type holds struct {
		Place  int    `json:"place"`
		Sign   string `json:"sign"`
		Number string `json:"number"`
	}
	var asked []holds
	for i, r := range u.added {
		for _, field := range []Field{NHSNumber, UPN, ChildrensReference, AdultsReference} {
			if number := *ruleOf[field].text(&r.now); number != "" {
				asked = append(asked, holds{i, string(field), number})
			}
		}
	}
	if len(asked) == 0 {
		return nil
	}
	list, err := json.Marshal(asked)
	if err != nil {
		return err
	}
	var found []struct {
		Place int
		Sign  Field
	}
	err = u.tx.Raw(`
		select a.place, a.sign from json_to_recordset(cast(? as json)) as a(place integer, sign text, number text)
		where exists (select from cases c where c.nhs_number = a.number and c.nhs_number <> '' and a.sign = 'nhs_number' and c.merged_into is null)
			or exists (select from cases c where c.upn = a.number and c.upn <> '' and a.sign = 'upn' and c.merged_into is null)
			or exists (select from cases c where c.childrens_reference = a.number and c.childrens_reference <> '' and a.sign = 'childrens_reference' and c.merged_into is null)
			or exists (select from cases c where c.adults_reference = a.number and c.adults_reference <> '' and a.sign = 'adults_reference' and c.merged_into is null)
			or exists (select from cases c where c.person_reference = a.number and a.sign in ('childrens_reference', 'adults_reference') and c.merged_into is null)
		order by a.place, a.sign`, string(list)).Scan(&found).Error
	for _, f := range found {
		u.added[f.Place].warn(f.Sign, "Somebody else is held with this number. A clerk is asked whether the two are one person.")
	}
	return err
}

// write puts the records into the cases, in a number of statements that does not grow with them.
func (u *upsert) write() error {
	tx := u.tx
	if err := u.settleKept(); err != nil {
		return err
	}
	if err := u.supply(); err != nil {
		return err
	}
	if err := u.insert(); err != nil {
		return err
	}
	if err := u.update(); err != nil {
		return err
	}
	ids := make([]uuid.UUID, 0, len(u.added)+len(u.changed))
	for _, r := range slices.Concat(u.added, u.changed) {
		ids = append(ids, r.now.ID)
	}
	if err := u.history(); err != nil {
		return err
	}
	after := map[string]any{}
	counts := map[string]int{}
	for i := range u.records {
		counts[u.records[i].Outcome]++
	}
	after["counts"], after["cases"] = counts, ids
	if len(u.settled) > 0 {
		after["kept_values_agreed"] = u.settled
	}
	if len(ids) > 0 {
		if err := AnnounceChanged(tx, CasesChanged{Cases: ids}); err != nil {
			return err
		}
	}
	return audit.Record(tx, audit.Entry{Action: "tracker.sent", ObjectKind: "tracker", ObjectID: "cases", After: after})
}

// supply notes which fields the records supply, so that rules on them can be judged.
func (u *upsert) supply() error {
	var names []string
	for i := range u.records {
		for _, field := range u.records[i].fields {
			if name := string(field); !u.records[i].refused() && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	if len(names) == 0 {
		return nil
	}
	list, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return u.tx.Exec(`
		insert into tracker_field (field, heading, sent, at)
		select field, field, true, @now from json_array_elements_text(cast(@list as json)) as a(field) order by field
		on conflict (field) do update set sent = true where not tracker_field.sent`,
		map[string]any{"now": u.tx.Now, "list": string(list)}).Error
}

// insert adds the new cases.
func (u *upsert) insert() error {
	if len(u.added) == 0 {
		return nil
	}
	aliases, err := chooseAliases(u.tx, len(u.added))
	if err != nil {
		return err
	}
	rows := make([]map[string]any, len(u.added))
	for i, r := range u.added {
		rows[i] = map[string]any{"id": r.now.ID, "alias": aliases[i]}
		for _, rule := range fieldRules {
			rows[i][string(rule.field)] = rule.stored(&r.now)
		}
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	err = u.tx.Exec(`
		insert into cases (id, alias, created_at, updated_at, `+columnsOf(Fields(), "")+`)
		select id, alias, @now, @now, `+columnsOf(Fields(), "")+`
		from jsonb_populate_recordset(null::cases, cast(@list as jsonb)) order by id`, map[string]any{"now": u.tx.Now, "list": string(list)}).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "Somebody else is changing these cases at the same moment. Send it again.")
	}
	return err
}

// update changes the cases held.
func (u *upsert) update() error {
	if len(u.changed) == 0 {
		return nil
	}
	rows := make([]map[string]any, len(u.changed))
	for i, r := range u.changed {
		rows[i] = map[string]any{"id": r.now.ID}
		for _, rule := range fieldRules {
			rows[i][string(rule.field)] = rule.stored(&r.now)
		}
	}
	list, err := json.Marshal(rows)
	if err != nil {
		return err
	}
	return db.RequireRows(u.tx.Exec(`
		update cases c set version = c.version + 1, updated_at = @now, `+each(Fields(), "%[1]s = p.%[1]s", ", ")+`
		from jsonb_populate_recordset(null::cases, cast(@list as jsonb)) p where c.id = p.id`, map[string]any{"now": u.tx.Now, "list": string(list)}), int64(len(rows)))
}

// history writes what each case's record changed, with who said it.
func (u *upsert) history() error {
	all := slices.Concat(u.added, u.changed)
	if len(all) == 0 {
		return nil
	}
	columns := []string{"case_id", "at", "source", "first", "changes"}
	return u.tx.Copy("case_history", columns, func(yield func([]any, error) bool) {
		for _, r := range all {
			changes, err := json.Marshal(r.changes)
			if !yield([]any{r.now.ID, u.tx.Now, u.source, r.held == nil, changes}, err) {
				return
			}
		}
	})
}
