/// The pages people open: what is live, the watch page and the player for iframes.
///
/// Templates and assets from the class path in, HTML with its security headers out; all that
/// changes on a page is fetched by its own script. Start reading at [PageRoutes], then `watch.js`.
@NullMarked
package nova.api.pages;

import org.jspecify.annotations.NullMarked;
