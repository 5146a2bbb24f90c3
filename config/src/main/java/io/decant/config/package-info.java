/** Typed settings of the server: one record for each section, loading, validation, and the errors a person sees. */
package io.decant.config;
