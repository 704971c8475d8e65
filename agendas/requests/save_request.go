package requests

import (
	"context"
	"slices"

	"github.com/google/uuid"

	"quorate/panels"
	"quorate/server/base/access"
	"quorate/server/base/db"
	"quorate/server/base/fault"
)

// Save keeps sections of a request that is with its presenter. What cannot be read is refused; what is
// missing is refused only when the sections are to be complete.
func (s Store) Save(ctx context.Context, actor access.Actor, id uuid.UUID, version int, complete bool, answers ...Answer) (saved Request, err error) {
	err = s.DB.Write(ctx, actor, func(tx db.Tx) error {
		if err := actor.Check(access.MakeRequest, uuid.Nil); err != nil {
			return err
		}
		w, err := lockOwn(tx, id, version)
		if err != nil {
			return err
		}
		if err := w.answer(tx, complete, answers); err != nil {
			return err
		}
		if err := w.put(tx); err != nil {
			return err
		}
		saved = w.Request
		return Record(tx, "saved", saved, w.audited())
	})
	return saved, err
}

// answer puts answers into a request and says all that is wrong with them at once.
func (w *Written) answer(tx db.Tx, complete bool, answers []Answer) error {
	var form fault.Form
	w.reckon()
	for _, a := range answers {
		if !w.Kind.Has(a.Section()) {
			return fault.New(fault.NotFound, "This kind of request does not ask about that.")
		}
		if err := a.apply(tx, &form, w); err != nil {
			return err
		}
		w.reckon() // a split is of what the lines before it come to
	}
	var unread []fault.Field
	if problem := fault.As(form.Err()); problem != nil {
		unread = problem.Fields
	}
	var err error
	if w.Previous, err = w.previous(tx, w.Funders); err != nil {
		return err
	}
	checked := map[Section]bool{}
	for _, a := range answers {
		if !complete || checked[a.Section()] || a.Section() == Split && len(unread) > 0 { // shares that cannot be read add up to nothing sure
			continue
		}
		checked[a.Section()] = true
		for _, missing := range w.Missing(a.Section()) {
			if !slices.ContainsFunc(unread, func(f fault.Field) bool { return f.Name == missing.Name }) {
				form.Add(missing.Name, "%s", missing.Sentence)
			}
		}
	}
	return form.Err()
}

// previous is what is paid now, for kinds of request that change it.
func (w Written) previous(tx db.Tx, funders []panels.Agency) (*Previous, error) {
	if !w.Kind.Follows() || w.CaseID == nil {
		return nil, nil
	}
	return previousOf(tx, w.Case, funders)
}

// audited is what the trail keeps of a request as it was written.
func (w Written) audited() map[string]any {
	return map[string]any{"request": w.Request, "lines": w.Lines, "shares": w.Shares}
}
