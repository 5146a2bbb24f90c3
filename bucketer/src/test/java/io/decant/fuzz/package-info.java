/** Laws that hold for arbitrary bytes, for all modules: fuzz targets, their corpus, and inputs made of it. */
package io.decant.fuzz;
