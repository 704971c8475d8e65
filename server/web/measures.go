package web

import (
	"net/http"

	"github.com/gofiber/fiber/v2"

	"quorate/frontend/documents"
	"quorate/frontend/govuk"
	"quorate/frontend/views/layout"
	views "quorate/frontend/views/measures"
	"quorate/panels/escalations"
	"quorate/panels/escalations/measures"
	"quorate/server/base/access"
	"quorate/server/base/db"
)

// measuresPage is all the figures the reader asks for, of those they may read.
func (s *Site) measuresPage(c *fiber.Ctx, actor access.Actor) error {
	var page views.Page
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) (err error) {
		if page.Scopes, page.Scope, err = scopeAsked(tx, c.Query("of")); err != nil {
			return err
		}
		page.Readings, err = measures.ReadAll(tx, page.Scope, tx.Today(), escalations.KindWords)
		return err
	})
	if err != nil {
		return err
	}
	return s.render(c, actor, http.StatusOK, layout.PageInfo{Title: "Measures", Section: page.Scope.Name, Wide: true}, views.MeasuresPage(page))
}

// measureListPage is the list behind one figure.
func (s *Site) measureListPage(c *fiber.Ctx, actor access.Actor) error {
	d, found := measures.Find(c.Params("measure"))
	if !found {
		return pageNotFound()
	}
	var list measures.List
	err := s.DB.Read(c.UserContext(), actor, func(tx db.Tx) error {
		_, scope, err := scopeAsked(tx, c.Query("of"))
		if err != nil {
			return err
		}
		list, err = measures.ShowList(tx, scope, d, c.Query("row"), c.QueryInt("part", -1), tx.Today(), escalations.KindWords)
		return err
	})
	if err != nil {
		return err
	}
	info := layout.PageInfo{Title: "List behind a figure", Section: d.Name, Wide: true, Before: govuk.BackLink{Href: views.Href(list.Scope) + "#" + string(d.Key), Text: "Back to the measures"}}
	return s.render(c, actor, http.StatusOK, info, views.ListPage(list))
}

// measuresFile is the page's figures, or one measure's, as a file.
func (s *Site) measuresFile(write func(whose string, readings []measures.Reading) ([]byte, error), ending string) func(http.ResponseWriter, *http.Request, access.Actor) error {
	kinds := map[string]string{"xlsx": excelKind, "csv": "text/csv; charset=utf-8"}
	return func(w http.ResponseWriter, r *http.Request, actor access.Actor) error {
		which := r.PathValue("measure")
		d, found := measures.Find(which)
		if which != "" && !found {
			return pageNotFound()
		}
		var scope measures.Scope
		var readings []measures.Reading
		today := s.today()
		err := s.DB.Read(r.Context(), actor, func(tx db.Tx) (err error) {
			if _, scope, err = scopeAsked(tx, r.URL.Query().Get("of")); err != nil {
				return err
			}
			today = tx.Today()
			if which == "" {
				readings, err = measures.ReadAll(tx, scope, today, escalations.KindWords)
				return err
			}
			one, err := measures.ReadOne(tx, scope, d, today, escalations.KindWords)
			readings = []measures.Reading{one}
			return err
		})
		if err != nil {
			return err
		}
		file, err := write(scope.Name, readings)
		if err != nil {
			return err
		}
		if which == "" {
			which = "measures"
		}
		sendFile(w, file, kinds[ending], "attachment", documents.MeasuresFileName(which, today, ending))
		return nil
	}
}

func scopeAsked(tx db.Tx, slug string) ([]measures.Scope, measures.Scope, error) {
	scopes, err := measures.Scopes(tx)
	if err != nil {
		return nil, measures.Scope{}, err
	}
	chosen, err := measures.Choose(scopes, slug)
	return scopes, chosen, err
}
