// On the page of a film's review.
import "../element/player";
import "../element/timeline";
import "../element/review";
