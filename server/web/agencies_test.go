package web

import (
	"regexp"
	"testing"
)

func TestAgenciesByForm(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	list := h.get("Ada", "/agencies")
	want(t, list, 200, "Adult social care", "Yes, for Marlshire Council")
	want(t, h.get("Cleo", "/agencies"), 403)
	want(t, h.get("Ada", "/agencies/new"), 200, "Save this agency")
	want(t, h.post("Ada", "/agencies", "name", "Housing", "short_name", "H", "funder", "yes"), 422, "Choose what part", "Enter the legal body", `value="Housing"`)
	want(t, h.post("Ada", "/agencies", "name", "Housing", "short_name", "H", "kind", "housing"), 303)
	want(t, h.post("Mo", "/agencies", "name", "Mine", "short_name", "M", "kind", "housing"), 403)

	path := regexp.MustCompile(`/agencies/[0-9a-f-]{36}`).FindString(list.Body.String())
	want(t, h.get("Ada", path), 200, "Change an agency", `value="Adult social care"`)
	form := []string{"version", "1", "name", "Adults", "short_name", "ASC", "kind", "adult_social_care", "legal_body", "Marlshire Council", "funder", "yes"}
	want(t, h.post("Ada", path, form...), 303)
	want(t, h.post("Ada", path, form...), 409, "Somebody else changed this", `name="version" value="2"`)
	want(t, h.get("Ada", "/agencies/0199aaaa-0000-7000-8000-000000000000"), 404)
}
