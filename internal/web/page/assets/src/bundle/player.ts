// <attune-player> and <attune-timeline> alone, for pages that have no script of
// their own.
import "../element/player";
import "../element/timeline";
