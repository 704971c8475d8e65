package tracker

import (
	"crypto/rand"
	"encoding/binary"
	"strconv"

	"quorate/server/base/db"
)

// aliasWords are the first halves of board-only aliases: birds, which say nothing of anybody.
var aliasWords = []string{
	"Avocet", "Bittern", "Brambling", "Bunting", "Buzzard", "Chaffinch", "Chough", "Coot", "Cormorant", "Corncrake", "Crane", "Crossbill", "Cuckoo", "Curlew", "Dipper", "Dotterel",
	"Dunlin", "Dunnock", "Eider", "Fieldfare", "Firecrest", "Fulmar", "Gannet", "Garganey", "Godwit", "Goldcrest", "Goldeneye", "Goldfinch", "Goosander", "Goshawk", "Grebe", "Greenfinch",
	"Greenshank", "Guillemot", "Harrier", "Hawfinch", "Heron", "Hobby", "Hoopoe", "Kestrel", "Kingfisher", "Kittiwake", "Knot", "Lapwing", "Linnet", "Magpie", "Mallard", "Martin",
	"Merlin", "Moorhen", "Nightjar", "Nuthatch", "Oriole", "Osprey", "Ouzel", "Petrel", "Phalarope", "Pintail", "Pipit", "Plover", "Pochard", "Puffin", "Razorbill", "Redpoll",
	"Redshank", "Redstart", "Redwing", "Robin", "Sanderling", "Shearwater", "Shelduck", "Shoveler", "Shrike", "Siskin", "Skua", "Skylark", "Smew", "Snipe", "Sparrow", "Spoonbill",
	"Starling", "Stint", "Stonechat", "Swallow", "Swift", "Teal", "Tern", "Thrush", "Treecreeper", "Turnstone", "Twite", "Wagtail", "Warbler", "Waxwing", "Wheatear", "Whimbrel",
	"Whinchat", "Wigeon", "Woodcock", "Woodlark", "Wren", "Wryneck", "Yellowhammer",
}

// chooseAliases gives so many new cases a board-only alias nobody has, chosen by chance: an order or a
// pattern would lead from a board's papers back to the tracker.
func chooseAliases(tx db.Tx, wanted int) ([]string, error) {
	if wanted == 0 {
		return nil, nil
	}
	var held []string
	if err := tx.Raw(`select alias from cases`).Scan(&held).Error; err != nil {
		return nil, err
	}
	taken := make(map[string]bool, len(held)+wanted)
	for _, alias := range held {
		taken[alias] = true
	}
	numbers := 90 // two digits, as long as there is room to choose freely
	for numbers*len(aliasWords) < 4*(len(held)+wanted) {
		numbers = numbers*10 + 90
	}
	aliases := make([]string, 0, wanted)
	for len(aliases) < wanted {
		var chance [8]byte
		rand.Read(chance[:]) // never fails
		of := binary.LittleEndian.Uint64(chance[:]) % uint64(numbers*len(aliasWords))
		alias := aliasWords[of%uint64(len(aliasWords))] + "-" + strconv.FormatUint(of/uint64(len(aliasWords))+10, 10)
		if !taken[alias] {
			taken[alias] = true
			aliases = append(aliases, alias)
		}
	}
	return aliases, nil
}
