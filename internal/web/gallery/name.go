package gallery

// Names as long as people make them, and without a place to break.
const (
	longCode  = "Nottinghamshire-Healthcare-Family-Team-West/2026/000017-second-referral-after-summer"
	longWord  = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
	longGoals = "I want us to enjoy mealtimes again, without me thinking all the time about how much is eaten. " +
		"I would like to notice when she looks at me, and to wait for her a little longer than I do now. " +
		"And bedtime: I'd like to find out what helps her to settle, because some evenings it goes well and I do not know why."
	longFile = "VID_20261121_101532_kitchen-table-after-nursery-with-grandma-and-the-new-highchair(2)-final.mov"
)
