namespace Canary.Benchmarks;

/// <summary>The median of a sample and the interval that a bootstrap gives it.</summary>
internal readonly record struct Estimate(double Median, double Low, double High)
{
    private const int Resamples = 10_000;

    /// <summary>95 %, by percentiles of resampled medians. Seeded: the same figures give the same interval.</summary>
    public static Estimate Of(IReadOnlyList<double> sample)
    {
        // A generator of fixed seed, for repeatability; nothing secret is drawn.
        var random = new Random(1);
        double[] medians = new double[Resamples], drawn = new double[sample.Count];
        for (int i = 0; i < Resamples; i++)
        {
            for (int j = 0; j < drawn.Length; j++)
                drawn[j] = sample[random.Next(sample.Count)];
            medians[i] = MedianOf(drawn);
        }

        Array.Sort(medians);
        return new Estimate(MedianOf(sample), medians[(int)(Resamples * 0.025)], medians[(int)(Resamples * 0.975)]);
    }

    public static double MedianOf(IReadOnlyList<double> sample)
    {
        double[] sorted = [.. sample.Order()];
        int middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
