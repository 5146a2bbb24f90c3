package io.decant.spark;

import io.decant.config.PrintableText;
import io.decant.offload.capacity.MasterAnswer;
import io.decant.offload.capacity.MasterQuestion;
import io.decant.offload.json.Json;
import io.decant.spark.driver.StandaloneMaster;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.SparkConf;

/**
 * Entry of the process that {@code decant validate} asks a standalone master with: a {@link MasterQuestion} in, a
 * {@link MasterAnswer} out.
 */
public final class MasterMain {

    /** For all masters together; who waits for this process waits for twenty. */
    private static final long ANSWER_MILLIS_MAX = 18_000;

    private MasterMain() {}

    /** Ends the process when it has answered. */
    public static void main(String[] args) {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Thread asking = new Thread(() -> out.println(Json.text(answer())), "decant-ask");
        asking.setDaemon(true);
        asking.start();
        try {
            asking.join(ANSWER_MILLIS_MAX);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (asking.isAlive()) {
            out.println(Json.text(new MasterAnswer("no answer", List.of())));
        }
        out.flush();
        // Threads of Spark's are at work still.
        Runtime.getRuntime().halt(0);
    }

    private static MasterAnswer answer() {
        try {
            MasterQuestion question = Json.read(System.in, MasterQuestion.class);
            SparkConf conf = new SparkConf(false);
            question.conf().forEach(conf::set);
            return new MasterAnswer(
                    "", StandaloneMaster.capacity(question.master(), conf).workers());
        } catch (IOException | RuntimeException e) {
            return new MasterAnswer(PrintableText.of(String.valueOf(e.getMessage())), List.of());
        }
    }
}
