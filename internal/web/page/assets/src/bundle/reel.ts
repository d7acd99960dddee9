// On the page of a film's reel.
import "../element/preview";
