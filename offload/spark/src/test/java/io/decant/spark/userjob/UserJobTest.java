package io.decant.spark.userjob;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.decant.job.Batch;
import io.decant.job.BatchJob;
import io.decant.spark.job.LocalSpark;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Loading and running a job's class, from jars that are compiled here. */
class UserJobTest {

    @TempDir
    Path temp;

    /** What it is given says which one was run. */
    public static class OnClassPath implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            throw new IllegalStateException("from the class path");
        }
    }

    public static class SecondContext implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            new SparkContext(spark.getConf()).stop();
        }
    }

    public static class FailingTask implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            spark.parallelize(List.of(1, 2), 2).foreach(number -> {
                throw new IllegalArgumentException("no number: " + number / 3);
            });
        }
    }

    public static class WithoutConstructor implements BatchJob {
        private final int number;

        public WithoutConstructor(int number) {
            this.number = number;
        }

        @Override
        public void run(JavaSparkContext spark, Batch batch) {
            throw new IllegalStateException("number " + number);
        }
    }

    static class NotPublic implements BatchJob {
        @Override
        public void run(JavaSparkContext spark, Batch batch) {}
    }

    @Test
    void shouldLoadTheJarsClassBeforeThatOfTheClassPath() throws Exception {
        String name = OnClassPath.class.getName();
        Path jar = jar("OnClassPath", name, "throw new IllegalStateException(\"from the jar\");");
        assertThatExceptionOfType(UserJobException.class)
                .isThrownBy(() -> run(name, jar))
                .withMessage("java.lang.IllegalStateException: from the jar");
        assertThatExceptionOfType(UserJobException.class)
                .isThrownBy(() -> run(name))
                .withMessage("java.lang.IllegalStateException: from the class path");
    }

    /** The interface that the driver knows, though the jar has it as well. */
    @Test
    void shouldShareTheInterfaceWithTheJars() throws Exception {
        Path jar = new JobJar()
                .with(
                        "io.decant.job.BatchJob",
                        "package io.decant.job; public interface BatchJob { void run("
                                + "org.apache.spark.api.java.JavaSparkContext spark, Batch batch) throws Exception; }")
                .with("Job", source("", "Job", "throw new IllegalStateException(\"it ran\");"))
                .write(temp.resolve("fat.jar"));
        assertThatExceptionOfType(UserJobException.class)
                .isThrownBy(() -> run("Job", jar))
                .withMessage("java.lang.IllegalStateException: it ran");
    }

    @Test
    void shouldSetTheContextClassLoaderWhileItRuns() throws Exception {
        Path jar = jar(
                "",
                "ContextJob",
                "if (Thread.currentThread().getContextClassLoader() != ContextJob.class.getClassLoader())"
                        + " throw new IllegalStateException();");
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        run("ContextJob", jar);
        assertThat(Thread.currentThread().getContextClassLoader()).isSameAs(before);
    }

    @Test
    void shouldSayThatAClassIsMissing() {
        assertThatExceptionOfType(UserJobException.class)
                .isThrownBy(() -> run("com.example.Nowhere"))
                .withMessage("class com.example.Nowhere is not in the jars; check 'class' and 'jars'");
    }

    @Test
    void shouldSayThatAClassIsNoJob() {
        assertThatExceptionOfType(UserJobException.class)
                .isThrownBy(() -> run("java.lang.String"))
                .withMessage("class java.lang.String does not implement io.decant.job.BatchJob of decant-job-api");
    }

    @Test
    void shouldSayThatAClassCannotBeInstantiated() {
        for (Class<?> type : List.of(WithoutConstructor.class, NotPublic.class, BatchJob.class)) {
            assertThatExceptionOfType(UserJobException.class)
                    .isThrownBy(() -> run(type.getName()))
                    .withMessage("class " + type.getName() + " cannot be instantiated: it must be public, not abstract,"
                            + " and have a public constructor without parameters");
        }
    }

    @Test
    void shouldAdviseWhoMakesASecondContext() {
        assertThatExceptionOfType(UserJobException.class)
                .isThrownBy(() -> run(SecondContext.class.getName()))
                .withMessage("the job made a SparkContext of its own; use the one that it is given,"
                        + " or SparkContext.getOrCreate()");
    }

    @Test
    void shouldTellWhatATaskHasThrown() {
        assertThatExceptionOfType(UserJobException.class)
                .isThrownBy(() -> run(FailingTask.class.getName()))
                .withMessage("java.lang.IllegalArgumentException: no number: 0");
    }

    private Path jar(String file, String className, String body) throws IOException {
        int dot = className.lastIndexOf('.');
        String simple = className.substring(dot + 1);
        String outer = simple.contains("$") ? simple.substring(0, simple.indexOf('$')) : "";
        String nested = simple.substring(simple.indexOf('$') + 1);
        String text = outer.isEmpty()
                ? source(dot < 0 ? "" : className.substring(0, dot), nested, body)
                : "package " + className.substring(0, dot) + "; public class " + outer + " { "
                        + source("", nested, body).replace("public class", "public static class") + " }";
        String unit = outer.isEmpty() ? className : className.substring(0, className.indexOf('$'));
        return new JobJar().with(unit, text).write(temp.resolve(file + "job.jar"));
    }

    private static String source(String packageName, String name, String body) {
        return (packageName.isEmpty() ? "" : "package " + packageName + "; ") + "public class " + name
                + " implements io.decant.job.BatchJob { public void run("
                + "org.apache.spark.api.java.JavaSparkContext spark, io.decant.job.Batch batch) throws Exception { "
                + body
                + " } }";
    }

    private static void run(String className, Path... jars) throws Exception {
        try (UserClassLoader loader = new UserClassLoader(List.of(jars), UserJobTest.class.getClassLoader())) {
            UserJob.load(className, loader).run(LocalSpark.context(), null);
        }
    }
}
