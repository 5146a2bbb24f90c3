/**
 * Shaping records on their way from the journal to the buckets: the steps of a source's {@code transforms}, their
 * canonical text, and the function that they are together.
 *
 * <p>The way through: {@link io.decant.bucketer.transform.StepTransform} is made of the texts of steps, each a
 * {@link io.decant.bucketer.transform.Step}; for each thread it makes a chain of
 * {@link io.decant.bucketer.transform.StepStage}s, of which each hands what it makes to the next. So no list of records
 * stands between two steps. A step is a class with one line in {@link io.decant.bucketer.transform.StepKinds}.
 */
package io.decant.bucketer.transform;
