package tracker

// byColour reads a RAG that is told by nothing but the colour of its cell, and says where a colour tells
// something else than the cell, or nothing that is sure.
func (r *rowReader) byColour(row sheetRow, column *columnReader, c cell, into *Case) {
	rating := c.fill.rating()
	switch {
	case c.fill == noFill:
	case r.rowHasColour(row, c.fill):
		if c.kind == blankCell && rating != "" {
			r.note(SeverityWarning, row, column, c, "The whole row is coloured, so nobody can tell whether the colour is the RAG. It is recorded as Not known. Enter Red, Amber or Green.")
		}
	case c.kind != blankCell && rating != "" && into.RAG != "" && rating != into.RAG:
		r.note(SeverityWarning, row, column, c, "This says "+into.RAG+" and the cell is coloured "+rating+". "+into.RAG+" is recorded. Check which is right.")
	case c.kind != blankCell:
	case rating == "":
		r.note(SeverityWarning, row, column, c, "This cell is coloured, and not red, amber or green, so the RAG is recorded as Not known. Enter Red, Amber or Green.")
	default:
		into.RAG = rating
		r.rated.add(row.number)
	}
}

// rowHasColour reports whether who the row is about stands on the same colour.
func (r *rowReader) rowHasColour(row sheetRow, colour fill) bool {
	return row.at(r.column(PersonReference).at).fill == colour && row.at(r.column(DateOfBirth).at).fill == colour
}

// noteColours counts rows with colours people rate by where no column is the RAG: they are not read.
func (r *rowReader) noteColours(row sheetRow) {
	for i := range r.columns {
		if row.at(r.columns[i].at).fill.rating() != "" {
			r.tinted.add(row.number)
			return
		}
	}
}
