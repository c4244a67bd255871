/// Tests of the files the pages are made of.
@NullMarked
package nova.api.pages;

import org.jspecify.annotations.NullMarked;
