package report

import (
	"encoding/json"
	"io"
	"time"

	"attune/internal/vig"
)

// FramesFormat names the layout of frames.json.
const FramesFormat = "attune.frames/1"

type framesJSON struct {
	Format string     `json:"format"`
	Frames int        `json:"frames"`
	Unit   [2]int64   `json:"time_base"` // seconds of one unit, as a fraction
	Runs   [][2]int64 `json:"runs"`      // [count, units]: so many frames, each so long after the one before; the first is at 0
	Start  startJSON  `json:"start_s"`
}

// startJSON is when the first frame is shown on a browser's clock.
type startJSON struct {
	Original    float64 `json:"original"`
	ViewingCopy float64 `json:"viewing_copy"`
}

// WriteFrames writes index as frames.json.
func WriteFrames(w io.Writer, index vig.FrameIndex) error {
	doc := framesJSON{
		Format: FramesFormat, Frames: index.Frames(), Unit: [2]int64{index.Num, index.Den}, Runs: [][2]int64{},
		Start: startJSON{Original: float64(index.Start.Round(time.Microsecond).Microseconds()) / 1e6},
	}
	for _, run := range index.Runs {
		doc.Runs = append(doc.Runs, [2]int64{int64(run.Count), run.Delta})
	}
	return json.NewEncoder(w).Encode(doc)
}

// ReadFrames reads a frames.json. It fails with vig.CodeInvalid where the text
// is not one, or of another format.
func ReadFrames(r io.Reader) (vig.FrameIndex, error) {
	const op = "read frames"
	var doc framesJSON
	if err := json.NewDecoder(r).Decode(&doc); err != nil {
		return vig.FrameIndex{}, vig.Errorf(vig.CodeInvalid, op, "not a frames.json: %w", err)
	}
	if doc.Format != FramesFormat {
		return vig.FrameIndex{}, vig.Errorf(vig.CodeInvalid, op, "format is %q, this version reads %q", doc.Format, FramesFormat)
	}
	index := vig.FrameIndex{
		Num: doc.Unit[0], Den: doc.Unit[1],
		Start: time.Duration(doc.Start.Original * float64(time.Second)).Round(time.Microsecond),
	}
	for _, run := range doc.Runs {
		if run[0] < 1 || run[1] < 1 {
			return vig.FrameIndex{}, vig.Errorf(vig.CodeInvalid, op, "a run of %d frames, %d units apart", run[0], run[1])
		}
		index.Runs = append(index.Runs, vig.FrameRun{Count: int(run[0]), Delta: run[1]})
	}
	if index.Num < 1 || index.Den < 1 || index.Frames() != doc.Frames {
		return vig.FrameIndex{}, vig.Errorf(vig.CodeInvalid, op, "%d frames in units of %d/%d s", doc.Frames, index.Num, index.Den)
	}
	return index, nil
}
