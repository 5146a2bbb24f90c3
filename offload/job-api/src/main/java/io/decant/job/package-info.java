/** The interface between Decant and a Spark job of the user's own. */
package io.decant.job;
