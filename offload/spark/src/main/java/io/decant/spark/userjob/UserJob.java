package io.decant.spark.userjob;

import io.decant.job.Batch;
import io.decant.job.BatchJob;
import io.decant.offload.files.AttemptFailure;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import org.apache.spark.api.java.JavaSparkContext;

/** The class of a job, loaded. Stateless: each run has an instance of its own. */
public final class UserJob {

    /** The beginning of what Spark says where somebody makes a second context. */
    private static final String SECOND_CONTEXT = "Only one SparkContext";

    private final Class<? extends BatchJob> type;

    private UserJob(Class<? extends BatchJob> type) {
        this.type = type;
    }

    /**
     * Loads a class and checks that it can be run; runs nothing of it.
     *
     * @param className the binary name: that of a nested class has a {@code $}
     * @throws UserJobException where there is no such class, or it is no job
     */
    public static UserJob load(String className, ClassLoader loader) throws UserJobException {
        Class<?> found;
        try {
            found = Class.forName(className, false, loader);
        } catch (ClassNotFoundException e) {
            throw new UserJobException("class " + className + " is not in the jars; check 'class' and 'jars'", e);
        } catch (LinkageError e) {
            throw unusable(className, e);
        }
        if (!BatchJob.class.isAssignableFrom(found)) {
            throw new UserJobException(
                    "class " + className + " does not implement " + BatchJob.class.getName() + " of decant-job-api",
                    null);
        }
        Class<? extends BatchJob> type = found.asSubclass(BatchJob.class);
        if (!Modifier.isPublic(type.getModifiers())
                || Modifier.isAbstract(type.getModifiers())
                || !hasConstructor(type)) {
            throw new UserJobException(
                    "class " + className
                            + " cannot be instantiated: it must be public, not abstract, and have a public constructor"
                            + " without parameters",
                    null);
        }
        return new UserJob(type);
    }

    private static boolean hasConstructor(Class<? extends BatchJob> type) throws UserJobException {
        try {
            return Modifier.isPublic(type.getConstructor().getModifiers());
        } catch (NoSuchMethodException e) {
            return false;
        } catch (LinkageError e) {
            throw unusable(type.getName(), e);
        }
    }

    private static UserJobException unusable(String className, LinkageError e) {
        String advice = e instanceof UnsupportedClassVersionError
                ? "; compile it for the Java that runs the driver, "
                        + Runtime.version().feature()
                : "; check that 'jars' has all that it uses";
        return new UserJobException("class " + className + " cannot be loaded: " + e + advice, e);
    }

    /**
     * Runs the job on the calling thread, whose context class loader is the job's meanwhile.
     *
     * @throws UserJobException whatever the job has thrown, as its cause
     */
    public void run(JavaSparkContext spark, Batch batch) throws UserJobException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(type.getClassLoader());
        try {
            type.getConstructor().newInstance().run(spark, batch);
        } catch (InvocationTargetException e) {
            throw failed(e.getCause());
        } catch (Throwable e) {
            // Spark's exceptions come out of Scala's code undeclared, and a class may be missing a library.
            throw failed(e);
        } finally {
            thread.setContextClassLoader(before);
        }
        if (spark.sc().isStopped()) {
            throw new UserJobException(
                    "the job has stopped the SparkContext; it belongs to Decant and must go on", null);
        }
    }

    private static UserJobException failed(Throwable thrown) {
        if (thrown instanceof Error error && !AttemptFailure.covers(error)) {
            throw error;
        }
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (String.valueOf(cause.getMessage()).startsWith(SECOND_CONTEXT)) {
                return new UserJobException(
                        "the job made a SparkContext of its own; use the one that it is given, or"
                                + " SparkContext.getOrCreate()",
                        thrown);
            }
        }
        return new UserJobException(firstLine(thrown), thrown);
    }

    /** What Spark throws names what a task threw somewhere in the middle; its cause does so at the beginning. */
    private static String firstLine(Throwable thrown) {
        Throwable told = thrown;
        while (told.getCause() != null && told.getClass().getName().startsWith("org.apache.spark.")) {
            told = told.getCause();
        }
        return told.toString()
                .lines()
                .findFirst()
                .orElse(told.getClass().getName())
                .strip();
    }
}
