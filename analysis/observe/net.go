package observe

import (
	"errors"

	"gocv.io/x/gocv"

	"attune/internal/models"
	"attune/internal/vig"
)

// readNet loads the model of the manifest at path once its bytes are known to
// be the manifest's: OpenCV ends the process over a model that it cannot read.
// The caller closes the net.
func readNet(of models.Model, path string) (gocv.Net, error) {
	model, err := of.Read(path)
	if err != nil {
		return gocv.Net{}, err
	}
	gocv.ClearLastException()
	net, err := gocv.ReadNetFromONNXBytes(model)
	if err = errors.Join(err, gocv.LastExceptionError()); err != nil {
		return gocv.Net{}, vig.Errorf(vig.CodeInternal, "load model "+path, "%w", err)
	}
	return net, nil
}
