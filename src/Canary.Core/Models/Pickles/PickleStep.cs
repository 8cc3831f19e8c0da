namespace Canary.Models.Pickles;

/// <summary>One instruction with its argument, which is not read but found.</summary>
/// <param name="Offset">Of the opcode, from the start of the file.</param>
/// <param name="Start">Where the bytes of the argument begin, without count, quotes and line end.</param>
/// <param name="Second">Where the second line begins, of the instructions that have two.</param>
/// <param name="Number">The argument, where it is a number that fits; <see cref="long.MinValue"/> for one that does not.</param>
internal readonly record struct PickleStep(PickleOpcode Opcode, long Offset, long Start, long Length, long Second, long SecondLength, long Number);
